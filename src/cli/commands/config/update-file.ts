import { type ConfigObject, subjectOf } from '../../../domain/config/objects.ts';
import { readSnapshot } from '../../../domain/config/read-tenant.ts';
import { type UpdatedFile, updatedFile } from '../../../domain/config/update/updated-file.ts';
import { placeText } from '../../../domain/document/problem.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { listInWords, truncateList } from '../../../domain/truncate.ts';
import { AnonError } from '../../../errors.ts';
import { readConfigFiles, warningText } from '../../input/config-files.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { changeData, labelOf, renderSettingChanges, settingText } from '../../render/config-changes.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { amount, checkOrigins } from './planned.ts';

/** Gives a configuration file the tenant's values, and reports what it does not get. */
export async function updateConfigFile(context: Context, options: GlobalOptions, file: string): Promise<void> {
  if (file === '-') throw new AnonError('usage', '--update takes a file, not stdin.');
  const text = await context.readFile(file);
  const { tenant } = await accessTenant(context, options);
  const snapshot = await readSnapshot(tenant);
  const updated = await updatedFile(
    {
      name: file,
      text,
      read: (now) => readConfigFiles(withText(context, file, now), { file: [file], policy: [] }),
      variables: (name) => context.env[name],
    },
    snapshot,
  );
  await checkOrigins(tenant, snapshot, updated.plan);
  if (updated.text !== text) await context.replaceFile(file, { before: text, text: updated.text });
  warnOfRest(context, file, updated);
  const { issuer } = snapshot;
  const { changes, left } = updated;
  printResult(context, options, {
    data: {
      issuer,
      file,
      text: updated.text,
      changes: changes.map(changeData),
      left: left.map((one) => {
        const { file: where, line, column } = one.place;
        return { ...changeData(one), file: where, line, column, reason: one.reason };
      }),
    },
    human(paint) {
      const name = printable(file);
      const plan = paint.dim(`Next: anon-cli config plan --file ${printable(shellWord(file))}${snapshot.selection}\n`);
      if (changes.length === 0) {
        const same = left.length === 0 ? ` has the values of ${printable(hostOf(issuer))}` : ' stays as it was';
        return `${paint.green('✔')} No changes: ${name}${same}\n`;
      }
      return `${renderSettingChanges(paint, issuer, changes)}${paint.green('✔')} Updated ${name}: ${amount(changes.length, 'setting')}\n${plan}`;
    },
  });
}

function warnOfRest(context: Context, file: string, { left, problems, missing }: UpdatedFile): void {
  for (const one of left) {
    const { place, reason, before, after, setting } = one;
    context.warn(
      `${placeText(place)}: ${labelOf(one)} stays ${settingText(setting, before)}, because ${reason}. The tenant has ${settingText(setting, after)}.`,
    );
  }
  for (const problem of problems) context.warn(warningText(problem));
  if (missing.length === 0) return;
  const names = listInWords(truncateList(missing), fileName);
  context.warn(`Open to guests at the tenant, but not in ${file}: ${names}. anon-cli config export shows all.`);
}

/** As the file names it: an API by its audience. */
function fileName(object: ConfigObject): string {
  if (object.kind === 'api') return `API ${object.audience}`;
  return object.kind === 'grant' ? `scopes of ${object.app} at ${object.audience}` : subjectOf(object);
}

/** The context in which a file has another text. */
function withText(context: Context, file: string, text: string): Context {
  return Object.create(context, {
    readFile: { value: (path: string) => (path === file ? Promise.resolve(text) : context.readFile(path)) },
  }) as Context;
}
