import { problemsInText } from '../../../domain/config/read-config.ts';
import { renderConfig } from '../../../domain/config/render-config.ts';
import { readTenantConfig } from '../../../domain/config/tenant-config.ts';
import { placeText } from '../../../domain/document/problem.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { schemaPath } from './schema-path.ts';

/** A tenant as a file. */
export interface TenantFile {
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
