import { problemsInText } from '../../../domain/config/read-config.ts';
import { renderConfig } from '../../../domain/config/render-config.ts';
import { readTenantConfig } from '../../../domain/config/tenant-config.ts';
import { placeText } from '../../../domain/document/problem.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import { AnonError } from '../../../errors.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { schemaPath } from './schema.ts';

export const configExportCommand = defineCommand({
  description: "write a tenant's guest access as a configuration",
  options: {
    '--output <file>': { description: 'a new file (default: stdout)', values: { file: true } },
    '--update <file>': {
      description: "give a file the tenant's values, and keep its comments",
      values: { file: true },
    },
    '--full': 'with closed applications and APIs, and with values that are defaults',
  },
  calls: 'tenant',
  examples: ['config export', 'config export --full | anon-cli config validate --file -'],
  notes:
    'Never writes a secret. Equal tenants give equal files, in a stable order, so that a diff shows what has changed. ' +
    'Settings that one file cannot express are reported on stderr. --update changes the values of what the file manages, and ' +
    'nothing else; what comes from environment variables or other files stays.',
  more: 'docs/config.md',
  async run(context, _args, options) {
    const { output: file, full = false, update } = options;
    if (update !== undefined) {
      const other = Object.entries({ '--output': file !== undefined, '--full': full }).find(([, given]) => given);
      if (other) throw new AnonError('usage', `--update and ${other[0]} can't be combined.`);
      const { updateConfigFile } = await import('./update-file.ts');
      return updateConfigFile(context, options, update);
    }
    if (file !== undefined && !/\.ya?ml$/i.test(file)) {
      throw new AnonError('usage', `'${file}' must end with .yaml or .yml.`, {
        hint: 'Example: anon-cli config export --output anon.yaml',
      });
    }
    const { issuer, text, notes } = await tenantFile(context, options, { full, file });
    for (const note of notes) context.warn(note);
    const data = { issuer, file: file ?? null, text };
    if (file === undefined) return printResult(context, options, { data, verbatim: true, human: () => text });
    await context.writeNewFile(file, text);
    printResult(context, options, {
      data,
      human: (paint) =>
        `${paint.green('✔')} Exported to ${printable(file)}\n${paint.dim('Next: anon-cli config plan, which should show no changes\n')}`,
    });
  },
});

/** A tenant as a file. */
interface TenantFile {
  readonly issuer: string;
  readonly text: string;
  /** What the file cannot express, and what in it no tenant should have. */
  readonly notes: readonly string[];
}

/** Reads the tenant of a command and writes it as a file named `file`, or for stdout. */
export async function tenantFile(
  context: Context,
  options: GlobalOptions,
  { full, file }: { full: boolean; file: string | undefined },
): Promise<TenantFile> {
  const { tenant } = await accessTenant(context, options);
  const { config, notes } = await readTenantConfig(tenant, { full });
  const comment = `Guest access at ${hostOf(tenant.issuer)}, as anon-cli config export found it.`;
  const text = renderConfig(config, { schema: schemaPath(file), comment });
  return { issuer: tenant.issuer, text, notes: [...notes, ...(await problemsOf(text, file ?? 'stdout'))] };
}

/** A tenant may have settings that a file with them is refused for, such as an origin with a path. */
async function problemsOf(text: string, name: string): Promise<string[]> {
  return (await problemsInText(text, name))
    .filter(({ severity }) => severity === 'error')
    .map((problem) => `${placeText(problem)}: ${problem.message} The tenant has it; config validate refuses it.`);
}
