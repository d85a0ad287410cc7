import { subjectOf } from '../../../domain/config/objects.ts';
import { objectsIn, readSnapshot } from '../../../domain/config/read-tenant.ts';
import { entryToUndo, type Moved, planUndo, type RecordEntry } from '../../../domain/config/record.ts';
import { counted } from '../../../domain/exchange/counted.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import { listInWords, truncateList } from '../../../domain/truncate.ts';
import { AnonError } from '../../../errors.ts';
import type { ConfigUndoEntryResult } from '../../../library/config-plan-results.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { changeData, renderSettingChanges } from '../../render/config-changes.ts';
import { printable } from '../../render/printable.ts';
import { table } from '../../render/rows.ts';
import { type Access, accessTenant } from '../../tenant/access.ts';
import { accessToWrite, type WriteOptions, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { carryOutPlan } from './apply.ts';
import { planData, printPlan } from './plan.ts';
import { changesOf, countText, type Planned } from './planned.ts';

const undoOptions = {
  '--list': 'show the changes that can be undone, the latest first',
  ...writeOptions,
} as const;

export const configUndoCommand = defineCommand({
  description: 'take back what config apply changed',
  args: { '[id]': 'the change to take back (default: the last config apply)' },
  options: undoOptions,
  calls: 'tenant',
  examples: ['config undo --list'],
  notes:
    'Each config apply saves the settings that it changes, the last 50 times, on this machine. If someone has changed one of them since, nothing is taken back.',
  more: 'docs/config.md',
  async run(context, { id }, options) {
    if (options.list) return listEntries(context, options, await accessTenant(context, options));
    await undo(context, options, numberOf(id));
  },
});

async function undo(
  context: Context,
  options: WriteOptions & OptionValues<typeof undoOptions>,
  id: number | undefined,
): Promise<void> {
  const access = await accessToWrite(context, options);
  const { tenant, requests } = counted(access.tenant);
  const { issuer, selection } = tenant;
  const entry = entryToUndo(await (await context.configRecords()).read(issuer), id, selection);
  const snapshot = await readSnapshot(tenant);
  const { plan, moved } = planUndo(entry, snapshot);
  if (moved.length > 0) throw refused(entry, moved, selection);
  const planned: Planned = { plan, edition: snapshot.edition, selection, objects: objectsIn(snapshot), findings: [] };
  if (options.dryRun) return printPlan(context, options, planned, { requests: requests(), next: undefined });
  const saved = await carryOutPlan(context, options, { access, tenant }, plan, { undoes: entry.id });
  printResult(context, options, {
    data: { ...planData(planned, { requests: requests() }), undone: entry.id, undo: saved ?? null },
    human(paint) {
      const host = printable(hostOf(issuer));
      if (plan.steps.length === 0) return `${paint.green('✔')} No changes: change ${entry.id} is already undone\n`;
      const headline = `${paint.green('✔')} Took back ${countText(plan.steps)} at ${host}\n`;
      return `${headline}${renderSettingChanges(paint, issuer, changesOf(plan.steps))}`;
    },
  });
}

function refused({ id }: RecordEntry, moved: readonly Moved[], selection: string): AnonError {
  const what = listInWords(truncateList(moved), ({ object, setting }) =>
    setting === undefined ? `${subjectOf(object)} (not found)` : `${setting} of ${subjectOf(object)}`,
  );
  return new AnonError('failed', `Change ${id} can't be taken back: ${what} changed since. Nothing was sent.`, {
    hint: `To see what changed: anon-cli config drift${selection}`,
  });
}

async function listEntries(context: Context, options: GlobalOptions, { tenant: { issuer } }: Access): Promise<void> {
  const { entries } = await (await context.configRecords()).read(issuer);
  printEntries(context, options, [...entries].reverse(), hostOf(issuer));
}

function printEntries(context: Context, options: GlobalOptions, entries: readonly RecordEntry[], host: string): void {
  printResult(context, options, {
    data: entries.map(
      (entry): ConfigUndoEntryResult => ({
        id: entry.id,
        at: new Date(entry.atMs).toISOString(),
        state: stateOf(entry),
        undoes: entry.undoes ?? null,
        changes: changesOf(entry.steps).map(changeData),
      }),
    ),
    human(paint) {
      if (entries.length === 0) return `Nothing to undo: this machine has changed nothing at ${printable(host)}.\n`;
      const lines = entries.map((entry) => [
        String(entry.id),
        new Date(entry.atMs).toISOString(),
        entry.undoes === undefined || entry.undone ? stateOf(entry) : `undo of ${entry.undoes}`,
        printable(listInWords(truncateList(entry.steps), ({ object }) => subjectOf(object))),
      ]);
      return table(paint, ['ID', 'AT', 'STATE', 'CHANGES'], lines);
    },
  });
}

function stateOf({ undoes, undone }: RecordEntry): ConfigUndoEntryResult['state'] {
  if (undone) return 'undone';
  return undoes === undefined ? 'applied' : 'undo';
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,8}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new AnonError('usage', `'${text.slice(0, 20)}' is not the number of a change.`, {
    hint: 'To see all: anon-cli config undo --list',
  });
}
