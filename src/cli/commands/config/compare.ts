import { type Difference, differencesBetween, type Side } from '../../../domain/config/differences.ts';
import { subjectOf } from '../../../domain/config/objects.ts';
import { readSnapshot } from '../../../domain/config/read-tenant.ts';
import { type Drift, driftSince } from '../../../domain/config/record.ts';
import { tenantConfigOf } from '../../../domain/config/tenant-config.ts';
import { counted } from '../../../domain/exchange/counted.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import { listInWords, truncateList } from '../../../domain/truncate.ts';
import { AnonError } from '../../../errors.ts';
import type { ConfigDifferenceResult } from '../../../library/config-plan-results.ts';
import { differencesExitCode } from '../../exit-code.ts';
import { requireConfig } from '../../input/config-files.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import {
  actionOf,
  changeData,
  type LabelledChange,
  markdownOf,
  markdownOfGroups,
  renderChangeGroups,
  renderSettingChanges,
} from '../../render/config-changes.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { amount } from './planned.ts';

export const configDiffCommand = defineCommand({
  description: 'compare what guests may do at two tenants, or in a file and at a tenant',
  args: {
    '<a>': { description: 'a profile, or a file by its path', values: { live: 'profile' } },
    '<b>': { description: 'what to compare it with', values: { live: 'profile' } },
  },
  options: { '--exit-code': 'exit with 10 when there are differences' },
  calls: 'tenant',
  markdown: true,
  examples: ['config diff local ~/anon.yaml'],
  notes:
    'A file is compared by what it manages. A word with a slash, or that ends with .yaml, .yml or .json, is a file; any other is a profile.',
  more: 'docs/config.md',
  async run(context, { a, b }, options) {
    const [one, other] = [await sideOf(context, options, a), await sideOf(context, options, b)];
    const differences = differencesBetween(one, other);
    const title =
      differences.length === 0
        ? `No differences between ${printable(a)} and ${printable(b)}`
        : `${amount(differences.length, 'setting')} of ${printable(b)} ${differences.length === 1 ? 'differs' : 'differ'} from ${printable(a)}`;
    printResult(context, options, {
      data: { version: 1, a, b, differences: differences.map(differenceData) },
      human(paint) {
        if (differences.length === 0) return `${paint.green('✔')} ${title}\n`;
        return `${renderChangeGroups(paint, grouped(differences))}${paint.bold(title)}\n`;
      },
      markdown: () => markdownOfGroups(title, grouped(differences)),
    });
    if (options.exitCode && differences.length > 0) context.ending.exitCode = differencesExitCode;
  },
});

async function sideOf(context: Context, options: GlobalOptions, word: string): Promise<Side> {
  if (/[/\\]|\.(ya?ml|json)$|^-$/i.test(word)) {
    return { config: (await requireConfig(context, { file: [word] })).config, isFile: true, names: new Map() };
  }
  const { tenant } = await accessTenant(context, { ...options, profile: word });
  const snapshot = await readSnapshot(tenant);
  const { config, notes } = tenantConfigOf(snapshot, { full: true });
  for (const note of notes) context.warn(`${word}: ${note}`);
  return { config, isFile: false, names: new Map(snapshot.apps.map(({ clientId, name }) => [clientId, name])) };
}

function differenceData({ object, setting, app, before, after }: Difference): ConfigDifferenceResult {
  const action = actionOf({ before, after });
  return { object, setting, ...(app !== undefined && { app }), action, before, after };
}

function grouped(differences: readonly Difference[]): Map<string, LabelledChange[]> {
  const groups = new Map<string, LabelledChange[]>();
  for (const { object, setting, app, before, after } of differences) {
    const noun = object.kind === 'api' ? 'API' : object.kind;
    const heading = object.kind === 'tenant' || object.kind === 'claims' ? noun : `${noun} ${object.name}`;
    const label = app === undefined ? setting : `scopes of ${app}`;
    groups.set(heading, [...(groups.get(heading) ?? []), { label, setting, before, after }]);
  }
  return groups;
}

export const configDriftCommand = defineCommand({
  description: 'show what has changed at the tenant since the last config apply',
  calls: 'tenant',
  markdown: true,
  examples: ['config drift'],
  notes:
    'Exits with 10 when something has changed. Only the settings that the last config apply from this machine managed are compared. Elsewhere, compare with the file: config plan --exit-code.',
  more: 'docs/config.md',
  async run(context, _args, options) {
    const access = await accessTenant(context, options);
    const { tenant, requests } = counted(access.tenant);
    const { issuer, selection } = tenant;
    const record = await (await context.configRecords()).read(issuer);
    const { left } = record;
    if (!left) {
      throw new AnonError('not_found', `Cannot tell: this machine has not applied anything to ${hostOf(issuer)}.`, {
        hint: `Compare it with the file: anon-cli config plan --exit-code${selection}`,
      });
    }
    const compared = left.objects.reduce((sum, { values }) => sum + Object.keys(values).length, 0);
    if (left.incomplete && compared === 0) {
      throw new AnonError(
        'not_found',
        `Cannot tell: the last config apply to ${hostOf(issuer)} failed before it set anything.`,
        {
          hint: `Apply again. To compare with the file: anon-cli config plan --exit-code${selection}`,
        },
      );
    }
    if (left.incomplete)
      context.warn('The last config apply failed: only what it, or one before it, has set is compared. Apply again.');
    const { drift, unsure } = driftSince(record, await readSnapshot(tenant));
    if (unsure.length > 0) context.warn(unsureText(unsure));
    const changes = drift.map(({ object, setting, left: before, now }) => ({ object, setting, before, after: now }));
    const since = new Date(left.atMs).toISOString();
    const host = printable(hostOf(issuer));
    const title =
      drift.length === 0
        ? `No drift: ${host} is as ${left.incomplete ? 'a failed ' : ''}config apply left it at ${since}`
        : `${amount(drift.length, 'setting')} changed at ${host} since ${since}`;
    printResult(context, options, {
      data: { version: 1, issuer, applied_at: since, changes: changes.map(changeData), requests: requests() },
      human(paint) {
        if (drift.length === 0) return `${paint.green('✔')} ${title}\n`;
        const next = [
          `To set it again: anon-cli config apply${selection}`,
          `To keep it:      anon-cli config export --update anon.yaml${selection}`,
        ];
        const steps = next.map((line) => paint.dim(`${printable(line)}\n`)).join('');
        return `${renderSettingChanges(paint, issuer, changes)}${paint.bold(title)}\n${steps}`;
      },
      markdown: () => markdownOf(title, issuer, changes),
    });
    if (drift.length > 0) context.ending.exitCode = differencesExitCode;
  },
});

function unsureText(unsure: readonly Drift[]): string {
  const what = listInWords(truncateList(unsure), ({ object, setting }) => `${setting} of ${subjectOf(object)}`);
  return `Cannot tell who changed ${what}: an earlier config apply did not end. Apply again.`;
}
