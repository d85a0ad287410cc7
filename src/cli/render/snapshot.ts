import type { ChangedMember, ObjectChange } from '../../domain/tenant/compare-states.ts';
import type { ListedSnapshot } from '../../io/embedded/local-snapshots.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableJson } from './printable.ts';
import { rows, table } from './rows.ts';
import { relativeText } from './time.ts';

export function renderSnapshots(paint: Paint, snapshots: readonly ListedSnapshot[], nowMs: number): string {
  return table(
    paint,
    ['SNAPSHOT', 'SAVED', 'SIZE'],
    snapshots.map(({ name, savedAtMs, bytes }) => [
      printable(name),
      relativeText((savedAtMs - nowMs) / 1000),
      `${Math.ceil(bytes / 1024).toLocaleString('en')} KB`,
    ]),
  );
}

/** A snapshot for `--json`. */
export function snapshotData({ name, savedAtMs, bytes }: ListedSnapshot): JsonObject {
  return { name, saved_at: new Date(savedAtMs).toISOString(), bytes };
}

const signs = { added: '+', changed: '~', removed: '-' } as const;

/** What has changed since a snapshot, and how much. */
export function renderChanges(paint: Paint, snapshot: string, changes: readonly ObjectChange[]): string {
  if (changes.length === 0) return `No changes since snapshot ${printable(snapshot)}.\n`;
  const colours = { added: paint.green, changed: paint.yellow, removed: paint.red };
  const blocks = changes.map((change) => {
    const title = `${colours[change.change](signs[change.change])} ${titleOf(paint, change)}\n`;
    const members = change.members.map((member) => [printable(member.member), valuesOf(member)] as const);
    return members.length === 0 ? title : title + rows(paint, members, 4);
  });
  return `${blocks.join('')}\n${summaryOf(changes)} since snapshot ${printable(snapshot)}\n`;
}

function titleOf(paint: Paint, { kind, name, id }: ObjectChange): string {
  if (name === null) return kind;
  return `${kind} ${printable(name)}${name === id ? '' : paint.dim(` (${printable(id)})`)}`;
}

function valuesOf(member: ChangedMember): string {
  if ('secret' in member) return 'changed (secret)';
  return `${valueText(member.before)} → ${valueText(member.after)}`;
}

const longestValue = 200;

function valueText(value: unknown): string {
  if (value === null) return 'not set';
  const text = printableJson(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** `1 added, 2 changed`. */
function summaryOf(changes: readonly ObjectChange[]): string {
  const counts = (['added', 'changed', 'removed'] as const).map((kind) => {
    const { length } = changes.filter(({ change }) => change === kind);
    return length === 0 ? '' : `${length} ${kind}`;
  });
  return counts.filter((text) => text !== '').join(', ');
}

/** A change for `--json`. */
export function changeData({ change, kind, name, id, members }: ObjectChange): JsonObject {
  return { change, kind, name, id, members: members.map((member) => ({ ...member })) };
}
