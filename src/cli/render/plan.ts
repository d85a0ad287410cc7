import type { Change } from '../../domain/plan/difference.ts';
import type { PlannedWrite } from '../../domain/plan/plan.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableJson } from './printable.ts';
import { rows } from './rows.ts';

/** What each write changes at the tenant `host`, member by member with the names of the wire. */
export function renderChanges(paint: Paint, host: string, writes: readonly PlannedWrite[]): string {
  return writes
    .map((write) => `  ${printable(title(write))}${paint.dim(` (${printable(host)})`)}\n${memberLines(paint, write)}`)
    .join('');
}

/** The Management API requests, for users who would rather send them themselves. */
export function renderRequests(paint: Paint, label: string, writes: readonly PlannedWrite[]): string {
  return writes
    .map(({ method, path, body }) =>
      paint.dim(`  ${label}  ${method} ${printable(path)}${body ? ` ${printableJson(body)}` : ''}\n`),
    )
    .join('');
}

/** For `--json`: the changes of all writes, and the requests. */
export function planData(writes: readonly PlannedWrite[]): JsonObject {
  return {
    changes: writes.flatMap(({ subject, changes }) =>
      changes.map(({ member, before, after }) => ({
        subject,
        member,
        before: before ?? null,
        after: after ?? null,
      })),
    ),
    requests: writes.map(({ method, path, body }) => ({ method, path, body: body ?? null })),
  };
}

function title({ method, subject }: PlannedWrite): string {
  if (method === 'POST') return `new ${subject}`;
  return method === 'DELETE' ? `remove ${subject}` : subject;
}

function memberLines(paint: Paint, { method, changes }: PlannedWrite): string {
  const plain = { ...paint, dim: (text: string) => text };
  return rows(
    plain,
    changes.map((change) => [printable(change.member), changeText(paint, method, change)]),
    4,
  );
}

function changeText(paint: Paint, method: PlannedWrite['method'], { before, after }: Change): string {
  if (method === 'POST') return paint.green(valueText(after));
  if (method === 'DELETE') return paint.red(valueText(before));
  if (Array.isArray(before) && Array.isArray(after)) return listText(paint, before, after);
  return `${before === undefined ? paint.dim('not set') : valueText(before)} → ${paint.green(valueText(after))}`;
}

/** Added and removed items of a list. */
function listText(paint: Paint, before: readonly unknown[], after: readonly unknown[]): string {
  const [old, now] = [before.map(valueText), after.map(valueText)];
  const gained = now.filter((item) => !old.includes(item)).map((item) => paint.green(`+${item}`));
  const lost = old.filter((item) => !now.includes(item)).map((item) => paint.red(`-${item}`));
  return [...gained, ...lost].join(' ');
}

function valueText(value: unknown): string {
  if (isStrings(value)) return printable(value.join(' ')) || '(none)';
  return typeof value === 'string' ? printable(value) : printableJson(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
