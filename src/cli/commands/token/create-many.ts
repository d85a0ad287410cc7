import { explainRefusal } from '../../../domain/gates/explain-refusal.ts';
import { createMany, type Tally } from '../../../domain/session/bulk/create-many.ts';
import {
  guestLine,
  guestLineNames,
  readGuestLines,
  type WrittenGuests,
} from '../../../domain/session/bulk/guest-lines.ts';
import { checkMetadataLines, guestsToCreate } from '../../../domain/session/bulk/metadata-lines.ts';
import { checkCreation, type NestedValue } from '../../../domain/session/edition-limits.ts';
import { mismatchCounter } from '../../../domain/session/received-tokens.ts';
import { tokenRequest } from '../../../domain/session/token-request.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import type { TruncatedList } from '../../../domain/truncate.ts';
import { AnonError, reworded } from '../../../errors.ts';
import type { LineWriter } from '../../../io/files/line-writer.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { Bulk, BulkOptions } from '../../input/bulk-options.ts';
import { sensitiveLines } from '../../input/metadata.ts';
import { readRequestInput, requestOptions, type TokenRequestOptions } from '../../input/token-request.ts';
import { checkLineField, printLine, printResult } from '../../output/output.ts';
import { progressOf } from '../../output/progress.ts';
import { printable } from '../../render/printable.ts';
import { rate, timeText } from '../../render/progress.ts';
import { requestedAppAndApi, requestedEdition, selectProfile } from '../../tenant/access.ts';
import { transportOf } from '../../tenant/transport.ts';
import type { Context } from '../../world/context.ts';

type Options = TokenRequestOptions & BulkOptions;

/** What to create, read and checked. */
interface Order {
  readonly count: number;
  readonly common: JsonObject | undefined;
  /** Nested values in the metadata of lines, which edition `ea` refuses. */
  readonly nested: TruncatedList<NestedValue> | undefined;
  readonly clientSecret: string | undefined;
}

/** Creates guests and writes a line for each to stdout or a file. None of them is saved in the profile. */
export async function createManyGuests(context: Context, options: Options, bulk: Bulk): Promise<void> {
  checkLineField(options, guestLineNames);
  const order = await readOrder(context, options, bulk);
  const { file, concurrency } = bulk;
  if (!file) {
    const lines = await context.terminal.resultLines(Math.min(concurrency, order.count));
    return create(context, options, { bulk, order, lines, before: undefined });
  }
  await context.alone(file.path, async () => {
    const before = file.resumed ? await readGuestLines(context.readLines(file.path), order.count) : undefined;
    const writers = Math.min(concurrency, order.count - (before?.count ?? 0));
    const lines = await context.guestFile(file.path, before?.endOffset, writers);
    try {
      await create(context, options, { bulk, order, lines, before });
    } finally {
      lines.close();
    }
  });
}

async function readOrder(context: Context, options: Options, { count }: Bulk): Promise<Order> {
  const { metaFile, ...others } = options;
  const { metadata: common, clientSecret } = await readRequestInput(context, others);
  if (metaFile === undefined) return { count: Number(count), common, nested: undefined, clientSecret };
  const most = count === 'all' ? Number.POSITIVE_INFINITY : count;
  const sensitive = await sensitiveLines(context, options.strict);
  const checked = await checkMetadataLines({ lines: context.readLines(metaFile), common }, most, sensitive.inspect);
  if (checked.count === 0 || (count !== 'all' && checked.count < count)) {
    const lines = checked.count === 0 ? 'is empty' : `has ${checked.count} lines, fewer than --count ${count}`;
    throw new AnonError('usage', `${metaFile} ${lines}.`, {
      hint: 'The file needs one line per guest. To create a guest for every line: --count all',
    });
  }
  sensitive.report();
  return { count: checked.count, common, nested: checked.nested, clientSecret };
}

interface Run {
  readonly bulk: Bulk;
  readonly order: Order;
  readonly lines: LineWriter;
  readonly before: WrittenGuests | undefined;
}

async function create(context: Context, options: Options, { bulk, order, lines, before }: Run): Promise<void> {
  const { terminal, clock } = context;
  const { count, common } = order;
  const { concurrency, file } = bulk;
  const written = before?.count ?? 0;
  const startedAt = clock.now();
  const report = (tally: Tally) =>
    reportMany(context, options, { bulk, tally, count, before, seconds: (clock.now() - startedAt) / 1000 });
  if (written === count) return report(noneCreated);
  const { tenant, request, begin } = await prepare(context, options, order);
  const metadata = options.metaFile === undefined ? undefined : { lines: context.readLines(options.metaFile), common };
  // Lines on the same screen show progress already, and would mix with it.
  const shown = !options.json && (file !== undefined || !terminal.resultIsTerminal);
  const progress = progressOf(context, { total: count, before: written, shown });
  const { issuer } = tenant;
  const mismatches = mismatchCounter(context, { issuer, audience: request.api.audience, strict: options.strict });
  let done = written;
  begin(() => progress.stopping());
  const tally = await createMany(tenant, request, {
    guests: guestsToCreate(count, { before, metadata, common }),
    concurrency: Math.min(concurrency, count - written),
    signal: context.signal,
    explain: explainRefusal,
    async write(n, tokens) {
      const { accessToken } = tokens;
      const usual = mismatches.countUsual(accessToken);
      const read = await printLine(context, lines, options, guestLine(n, tokens, usual));
      done += 1;
      progress.show(done);
      if (!usual && accessToken !== '') await mismatches.count(accessToken);
      return read;
    },
  }).finally(() => progress.end());
  report(tally);
  mismatches.report();
}

const noneCreated: Tally = { created: 0, failed: 0, lost: 0, unread: false, failure: undefined };

/**
 * The tenant and the request for each guest. Ctrl-C ends a look-up at once; after `begin` it lets the requests under way
 * finish, and calls `stopping`.
 */
async function prepare(context: Context, options: Options, { common, nested, clientSecret }: Order) {
  const { signal, env } = context;
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort);
  const { profile, selection } = await selectProfile(context, options);
  // Without a screen each wait for a rate limit is a line, and there may be thousands.
  const silent = options.json === true || !context.terminal.noteRewritable;
  const tenant = await context.connect(profile, {
    selection,
    edition: requestedEdition(context, options),
    transport: { ...transportOf(options, env), silent, spins: false },
    signal: controller.signal,
  });
  await checkCreation(tenant, { metadata: common, userId: undefined, ...(nested && { nested }) });
  const input = { metadata: undefined, clientSecret, sessionToken: undefined };
  const wanted = requestOptions({ ...options, ...requestedAppAndApi(context, options) }, input);
  const request = await tokenRequest(tenant, wanted, profile);
  const begin = (stopping: () => void) => {
    signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', stopping, { once: true });
  };
  return { tenant, request, begin };
}

interface Report {
  readonly bulk: Bulk;
  readonly tally: Tally;
  /** The total number of guests, those of earlier runs included. */
  readonly count: number;
  /** The guests of earlier runs. */
  readonly before: WrittenGuests | undefined;
  readonly seconds: number;
}

/**
 * Reports the result of a run.
 * @throws {AnonError} why it ended early, with the number of guests written
 */
function reportMany(context: Context, options: BulkOptions, report: Report): void {
  const { bulk, tally, count, before, seconds } = report;
  const { created, lost, unread, failure } = tally;
  const failed = tally.failed + (before?.failed ?? 0);
  const written = (before?.count ?? 0) + created + tally.failed;
  if (lost > 0) {
    const [answers, guests] =
      lost === 1 ? ['1 answer was', '1 guest'] : [`${lost} answers were`, `up to ${lost} guests`];
    context.warn(`${answers} lost: the tenant may have created ${guests} whose tokens were not received.`);
  }
  if (failed > 0) {
    context.warn(
      `${failed} of the guests written ${failed === 1 ? 'has' : 'have'} no usable access token: see "error".`,
    );
  }
  const guests = count === 1 ? '1 guest' : `${count} guests`;
  const soFar = `${written} of ${guests} written`;
  const resume = `--resume ${bulk.file ? shellWord(bulk.file.path) : '<file with their lines>'}`;
  if (failure) throw reworded(failure, { message: `${failure.message} ${soFar}; to continue: ${resume}` });
  if (unread) return;
  if (written < count) {
    throw new AnonError('interrupted', `Interrupted: ${soFar}.`, {
      hint: `To continue, repeat the command with ${resume}`,
    });
  }
  const pace = created > 0 && seconds > 0 ? ` (${timeText(seconds)}, ${rate(created / seconds)}/s)` : '';
  if (bulk.file) {
    const { path } = bulk.file;
    printResult(context, options, {
      data: { file: path, count, created, lost_answers: lost, seconds },
      human: (paint) =>
        `${paint.green('✔')} ${guests} ${count === 1 ? 'is' : 'are'} in ${printable(path)}${paint.dim(pace)}\n`,
    });
  } else if (context.terminal.noteRewritable && !context.terminal.resultIsTerminal && !options.json) {
    context.terminal.note(`${guests}${pace}\n`);
  }
}
