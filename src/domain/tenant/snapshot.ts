import { AnonError, updateHint } from '../../errors.ts';
import { isDeeperThan } from '../../jose/json.ts';
import { isJsonObject, problemsIn } from '../../wire/schema.ts';
import {
  type SnapshotState,
  snapshotFormat,
  snapshotFrame,
  snapshotVersion,
  type TenantSnapshotFile,
} from '../../wire/tenant-snapshot.ts';
import { checkTenantExport } from './export.ts';

/** A snapshot's name is also a file name: letters, digits, dots, dashes and underscores only. @throws {AnonError} `usage` */
export function checkSnapshotName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new AnonError('usage', `Invalid snapshot name '${name.slice(0, 80)}'.`, {
    hint: 'Use up to 64 letters, digits, dots, dashes and underscores. Example: before-checkout',
  });
}

/** The text of a snapshot's file. */
export function snapshotText(state: SnapshotState, nowMs: number): string {
  const file: TenantSnapshotFile = {
    format: snapshotFormat,
    version: snapshotVersion,
    created_at: new Date(nowMs).toISOString(),
    ...state,
  };
  return `${JSON.stringify(file)}\n`;
}

/** As deep as an export may be, with the level around it. */
const maxDepth = 101;

/**
 * Reads the text of a snapshot's file, and checks all of it: a state that is restored must be one that the tenant can use.
 * @throws {AnonError} `state_unusable`; `usage` for problems of the state in it, as in `local import`
 */
export function readSnapshot(text: string, name: string): TenantSnapshotFile {
  const source = `Snapshot '${name}'`;
  const content = parse(text, source);
  if (!isJsonObject(content) || content.format !== snapshotFormat)
    throw unusable(`${source} is another program's file.`);
  if (typeof content.version === 'number' && content.version > snapshotVersion) {
    throw new AnonError('state_unusable', `${source} was saved by a newer anon-cli.`, {
      hint: updateHint,
    });
  }
  const problems = isDeeperThan(maxDepth, content) ? ['it nests too deep'] : problemsIn(snapshotFrame, content);
  if (problems.length > 0) throw unusable(`${source} cannot be used: ${problems.slice(0, 5).join('; ')}.`);
  const state = checkTenantExport(content.state, `The state in snapshot '${name}'`);
  return { ...(content as unknown as TenantSnapshotFile), state };
}

function parse(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which has secrets in it.
    throw unusable(`${source} is not JSON, or not all of it is there.`);
  }
}

function unusable(message: string): AnonError {
  return new AnonError('state_unusable', message, {
    hint: 'Nothing was changed. To see the others: anon-cli local snapshot list',
  });
}
