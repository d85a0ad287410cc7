import { claimPath } from '../../domain/claims/parse-mapping.ts';
import type { ConfigObject } from '../../domain/config/objects.ts';
import type { Value } from '../../domain/config/settings.ts';
import { lifetimeArgument } from '../../domain/duration.ts';
import { hostOf } from '../../domain/exchange/http.ts';
import type { ConfigChangeResult, ConfigObjectResult } from '../../library/config-plan-results.ts';
import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows } from './rows.ts';

/** A setting that differs between two states. */
export interface SettingChange {
  readonly object: ConfigObject;
  readonly setting: string;
  readonly before: Value;
  /** Undefined where the whole object is missing. */
  readonly after: Value | undefined;
}

/** A setting that differs, under the name that people see. */
export type LabelledChange = Omit<SettingChange, 'object'> & { readonly label: string };

/** By the heading of the object. */
export type ChangeGroups = ReadonlyMap<string, readonly LabelledChange[]>;

type Sign = '+' | '~' | '-';
type Compared = Pick<SettingChange, 'before' | 'after'>;

export function actionOf(change: Compared): ConfigChangeResult['action'] {
  return ({ '+': 'add', '~': 'change', '-': 'remove' } as const)[signOf(change)];
}

function signOf({ before, after }: Compared): Sign {
  if (isUnset(after)) return '-';
  return isUnset(before) ? '+' : '~';
}

function isUnset(value: Value | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** Changes in a table for each object, the guests' scopes under their API. */
export function renderSettingChanges(paint: Paint, issuer: string, changes: readonly SettingChange[]): string {
  return renderChangeGroups(paint, grouped(issuer, changes));
}

/** Changes in a table for each heading. */
export function renderChangeGroups(paint: Paint, groups: ChangeGroups): string {
  const plain = { ...paint, dim: (text: string) => text };
  return [...groups]
    .map(([heading, group]) => {
      const lines = group.map((change) => {
        const sign = signOf(change);
        return [`${signed(paint, sign)} ${printable(change.label)}`, changeText(paint, change)] as const;
      });
      return `${paint.bold(printable(heading))}\n${rows(plain, lines)}`;
    })
    .join('');
}

/** The same as a block of a `diff`, where GitHub and GitLab show colours. */
export function markdownOf(title: string, issuer: string, changes: readonly SettingChange[]): string {
  return markdownOfGroups(title, grouped(issuer, changes));
}

export function markdownOfGroups(title: string, groups: ChangeGroups): string {
  const paint = {
    bold: plainText,
    dim: plainText,
    red: plainText,
    green: plainText,
    yellow: plainText,
    cyan: plainText,
  };
  const lines = [...groups].flatMap(([heading, group]) => [
    `@@ ${printable(heading)} @@`,
    ...group.map((change) => {
      const sign = signOf(change);
      const text = changeText({ ...paint, columns: Number.POSITIVE_INFINITY, tabbed: false }, change);
      return `${sign === '~' ? '!' : sign} ${printable(change.label)}: ${text}`;
    }),
  ]);
  if (lines.length === 0) return `### ${title}\n`;
  return `### ${title}\n\n${fenced('diff', lines)}`;
}

/** A block of code, whatever its lines contain. */
export function fenced(language: string, lines: readonly string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length + 1);
  const fence = '`'.repeat(Math.max(3, ...runs));
  return `${fence}${language}\n${lines.join('\n')}\n${fence}\n`;
}

function plainText(text: string): string {
  return text;
}

/** For `--json`: lifetimes in seconds. */
export function changeData(change: SettingChange): ConfigChangeResult {
  const { object, setting, before, after } = change;
  return { object: objectData(object), setting, action: actionOf(change), before, after: after ?? null };
}

function objectData(object: ConfigObject): ConfigObjectResult {
  if (object.kind === 'tenant') return { kind: 'tenant' };
  if (object.kind === 'application') return { kind: 'application', name: object.name, client_id: object.clientId };
  if (object.kind === 'api') return { kind: 'api', name: object.name, audience: object.audience };
  const { app, clientId, api, audience } = object;
  return { kind: 'grant', app, client_id: clientId, api, audience };
}

function grouped(issuer: string, changes: readonly SettingChange[]): ChangeGroups {
  const order: ConfigObject['kind'][] = ['tenant', 'application', 'api', 'grant'];
  const groups = new Map<string, LabelledChange[]>();
  for (const kind of order) {
    for (const change of changes) {
      if (change.object.kind !== kind) continue;
      const heading = headingOf(issuer, change.object);
      groups.set(heading, [...(groups.get(heading) ?? []), { ...change, label: labelOf(change) }]);
    }
  }
  return groups;
}

function headingOf(issuer: string, object: ConfigObject): string {
  if (object.kind === 'tenant') return `tenant ${hostOf(issuer)}`;
  if (object.kind === 'application') return `application ${object.name} (${object.clientId})`;
  return `API ${object.kind === 'api' ? object.name : object.api} (${object.audience})`;
}

/** As in the configuration file; the scopes of one application's guests with its name. */
export function labelOf({ object, setting }: Pick<SettingChange, 'object' | 'setting'>): string {
  return object.kind === 'grant' ? `scopes of ${object.app}` : setting;
}

function signed(paint: Paint, sign: Sign): string {
  if (sign === '+') return paint.green(sign);
  return sign === '-' ? paint.red(sign) : paint.yellow(sign);
}

function changeText(paint: Paint, { setting, before, after }: LabelledChange): string {
  if (after === undefined) return `${settingText(setting, before)} → ${paint.red('not found')}`;
  if (isStrings(before) && isStrings(after) && before.length > 0 && after.length > 0) {
    const gained = after.filter((item) => !before.includes(item)).map((item) => paint.green(`+${printable(item)}`));
    const lost = before.filter((item) => !after.includes(item)).map((item) => paint.red(`-${printable(item)}`));
    return [...gained, ...lost].join(' ');
  }
  if (isUnset(before) && isUnset(after)) return `${settingText(setting, before)} → ${settingText(setting, after)}`;
  if (isUnset(before)) return paint.green(settingText(setting, after));
  if (isUnset(after)) return `${paint.red(settingText(setting, before))} → ${settingText(setting, after)}`;
  return `${settingText(setting, before)} → ${paint.green(settingText(setting, after))}`;
}

/** A setting's value as the configuration file has it. */
export function settingText(setting: string, value: Value): string {
  if (value === null) return 'not set';
  if (typeof value === 'number') return setting.endsWith('lifetime') ? lifetimeArgument(value) : String(value);
  if (isStrings(value)) return value.length > 0 ? printable(value.join(' ')) : '(none)';
  if (Array.isArray(value)) return printable((value as readonly ClaimMapping[]).map(claimText).join(', '));
  return value === 'all' ? 'all scopes' : printable(String(value));
}

function claimText({ name, expression }: ClaimMapping): string {
  return `${name}: ${claimPath(expression)}`;
}

function isStrings(value: Value | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
