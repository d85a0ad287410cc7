import { subjectOf } from '../../../domain/config/objects.ts';
import { readSnapshot } from '../../../domain/config/read-tenant.ts';
import { type Drift, driftSince } from '../../../domain/config/record.ts';
import { counted } from '../../../domain/exchange/counted.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import { listInWords, truncateList } from '../../../domain/truncate.ts';
import { AnonError } from '../../../errors.ts';
import { differencesExitCode } from '../../exit-code.ts';
import { printResult } from '../../output/output.ts';
import { changeData, markdownOf, renderSettingChanges } from '../../render/config-changes.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import { defineCommand } from '../define-command.ts';
import { amount } from './planned.ts';

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
