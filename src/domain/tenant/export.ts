import { AnonError } from '../../errors.ts';
import { isDeeperThan } from '../../jose/json.ts';
import { isJsonObject, type JsonObject, problemsIn } from '../../wire/schema.ts';
import {
  loginKinds,
  type TenantExport,
  tenantExport,
  tenantExportFormat,
  tenantExportVersion,
} from '../../wire/tenant-export.ts';
import { contradictionsIn } from './export-checks.ts';

/** A file can have the same mistake thousands of times. */
const mostShown = 20;

/** Far deeper than any document: code that writes a value recurses into it. */
const maxDepth = 100;

/**
 * Reads the state of a local tenant from the text of a file that `local export` wrote, and checks all of it: a state that is
 * saved must be one that the tenant can use.
 * @param source the name of the file in messages
 * @throws {AnonError} `usage`, with each problem and its place, and without any value of the file
 */
export function readTenantExport(text: string, source: string): TenantExport {
  return checkTenantExport(parse(text, source), source);
}

/** As {@link readTenantExport}, from the content of the file. */
export function checkTenantExport(parsed: unknown, source: string): TenantExport {
  const content = inThisVersion(parsed);
  if (!isJsonObject(content) || content.format !== tenantExportFormat) {
    throw new AnonError('usage', `${source} is not an export of a local tenant.`, {
      hint: 'To make one: anon-cli local export',
    });
  }
  if (typeof content.version === 'number' && content.version > tenantExportVersion) {
    throw new AnonError('usage', `${source} was exported by a newer anon-cli.`, {
      hint: 'Update anon-cli: npm install -g anon-cli@latest',
    });
  }
  const problems = isDeeperThan(maxDepth, content)
    ? [`it nests more than ${maxDepth} levels deep`]
    : problemsIn(tenantExport, content);
  if (problems.length > 0) throw unusable(source, problems);
  const checked = content as JsonObject & TenantExport;
  const contradictions = contradictionsIn(checked);
  if (contradictions.length > 0) throw unusable(source, contradictions);
  return checked;
}

function unusable(source: string, problems: readonly string[]): AnonError {
  const more = problems.length - mostShown;
  const listed = [...problems.slice(0, mostShown), ...(more > 0 ? [`and ${more} more problems`] : [])];
  return new AnonError('usage', `${source} cannot be imported: ${listed.join('; ')}.`, {
    hint: 'Nothing was changed. Correct the file, or export the tenant again: anon-cli local export',
  });
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which has secrets in it.
    throw new AnonError('usage', `${source} is not JSON, or not all of it is there.`);
  }
}

/** A file of version 1 has no users, Actions and refresh tokens, because its tenant had none. */
function inThisVersion(content: unknown): unknown {
  if (!isJsonObject(content) || content.version !== 1 || !isJsonObject(content.documents)) return content;
  const none = Object.fromEntries(loginKinds.map((kind) => [kind, []]));
  return { ...content, version: tenantExportVersion, documents: { ...none, ...content.documents } };
}
