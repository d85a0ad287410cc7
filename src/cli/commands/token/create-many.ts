import { chooseApi } from '../../../domain/api/find.ts';
import { chooseRequestingApp } from '../../../domain/app/find.ts';
import { createMany, type Tally } from '../../../domain/session/create-many.ts';
import { checkCreation, type NestedValue } from '../../../domain/session/edition-limits.ts';
import { guestLine, guestLineNames } from '../../../domain/session/guest-line.ts';
import { type MadeBefore, readMadeBefore } from '../../../domain/session/made-before.ts';
import { checkMetadataLines, guestsToMake } from '../../../domain/session/metadata-lines.ts';
import type { TruncatedList } from '../../../domain/truncate.ts';
import { AnonError } from '../../../errors.ts';
import type { LineWriter } from '../../../io/files/line-writer.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { scopeText } from '../../options/scopes.ts';
import { checkLineField, printLine } from '../../output/output.ts';
import { progressOf } from '../../output/progress.ts';
import { requestedAppAndApi, requestedEdition, selectProfile } from '../../tenant/access.ts';
import { transportOf } from '../../tenant/transport.ts';
import type { Context } from '../../world/context.ts';
import { doubtCounter } from './access-doubts.ts';
import type { Bulk, BulkOptions } from './bulk-options.ts';
import { reportMany } from './many-made.ts';
import { readTokenInput, type TokenRequestOptions, withSecret } from './options.ts';
import { sensitiveLines } from './sensitive-metadata.ts';

type Options = TokenRequestOptions & BulkOptions;

/** What is to be made, all of it read and checked. */
interface Order {
  readonly count: number;
  readonly common: JsonObject | undefined;
  /** What some edition refuses of the metadata of lines. */
  readonly nested: TruncatedList<NestedValue> | undefined;
  readonly clientSecret: string | undefined;
}

/** Creates guests, one line each, to stdout or a file of their own. None of them is remembered as the profile's. */
export async function createManyGuests(context: Context, options: Options, bulk: Bulk): Promise<void> {
  checkLineField(options, guestLineNames);
  const order = await readOrder(context, options, bulk);
  const { file } = bulk;
  if (!file) {
    const lines = await context.terminal.resultLines();
    return make(context, options, { bulk, order, lines, before: undefined });
  }
  await context.alone(file.path, async () => {
    const before = file.resumed ? await readMadeBefore(context.readLines(file.path), order.count) : undefined;
    const lines = await context.guestFile(file.path, before?.endOffset);
    try {
      await make(context, options, { bulk, order, lines, before });
    } finally {
      lines.close();
    }
  });
}

async function readOrder(context: Context, options: Options, { count }: Bulk): Promise<Order> {
  const { metaFile, ...others } = options;
  const { metadata: common, clientSecret } = await readTokenInput(context, others);
  if (metaFile === undefined) return { count: Number(count), common, nested: undefined, clientSecret };
  const most = count === 'all' ? Number.POSITIVE_INFINITY : count;
  const sensitive = await sensitiveLines(context, options.strict);
  const checked = await checkMetadataLines({ lines: context.readLines(metaFile), common }, most, sensitive.look);
  if (checked.count === 0 || (count !== 'all' && checked.count < count)) {
    const lines = checked.count === 0 ? 'is empty' : `has ${checked.count} lines, and --count says ${count}`;
    throw new AnonError('usage', `${metaFile} ${lines}.`, {
      hint: 'It has a line for each guest: --count all makes as many as there are.',
    });
  }
  sensitive.tell();
  return { count: checked.count, common, nested: checked.nested, clientSecret };
}

interface Making {
  readonly bulk: Bulk;
  readonly order: Order;
  readonly lines: LineWriter;
  readonly before: MadeBefore | undefined;
}

async function make(context: Context, options: Options, { bulk, order, lines, before }: Making): Promise<void> {
  const { terminal, clock } = context;
  const { count, common } = order;
  const { concurrency, file } = bulk;
  const already = before?.count ?? 0;
  const startedAt = clock.now();
  const report = (tally: Tally) =>
    reportMany(context, options, { bulk, tally, count, before: already, seconds: (clock.now() - startedAt) / 1000 });
  if (already === count) return report(nothingMade);
  const { tenant, request, begin } = await prepare(context, options, order);
  const metadata = options.metaFile === undefined ? undefined : { lines: context.readLines(options.metaFile), common };
  // Lines on the same screen are progress enough, and the two would be in each other's way.
  const shown = !options.json && (file !== undefined || !terminal.resultIsTerminal);
  const progress = progressOf(context, { total: count, before: already, shown });
  const { issuer } = tenant;
  const doubts = doubtCounter(context, { issuer, audience: request.api.audience, strict: options.strict });
  let written = already;
  begin(() => progress.stopping());
  const tally = await createMany(tenant, request, {
    guests: guestsToMake(count, { before, metadata, common }),
    concurrency: Math.min(concurrency, count - already),
    signal: context.signal,
    async write(n, tokens) {
      const read = await printLine(context, lines, options, guestLine(n, tokens));
      written += 1;
      progress.show(written);
      await doubts.look(tokens.accessToken);
      return read;
    },
  }).finally(() => progress.end());
  report(tally);
  doubts.tell();
}

const nothingMade: Tally = { made: 0, lost: 0, unread: false, failure: undefined };

/**
 * The tenant and what to ask of it. Ctrl-C ends a look-up at once; after `begin` it lets what is under way be finished,
 * and calls `stopping`.
 */
async function prepare(context: Context, options: Options, { common, nested, clientSecret }: Order) {
  const { signal, env } = context;
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort);
  const { profile, selection } = await selectProfile(context, options);
  // Each wait for a rate limit is a line where there is no screen, and there may be thousands.
  const silent = options.json === true || !context.terminal.noteRewritable;
  const tenant = await context.connect(profile, {
    selection,
    edition: requestedEdition(context, options),
    transport: { ...transportOf(options, env), silent, spins: false },
    signal: controller.signal,
  });
  await checkCreation(tenant, { metadata: common, userId: undefined, ...(nested && { nested }) });
  const named = requestedAppAndApi(context, options);
  const app = await chooseRequestingApp(tenant, { named: named.app, chosen: profile.app });
  const api = await chooseApi(tenant, { named: named.api, chosen: profile.api });
  const begin = (stopping: () => void) => {
    signal.removeEventListener('abort', abort);
    signal.addEventListener('abort', stopping, { once: true });
  };
  return { tenant, request: { app: withSecret(app, clientSecret), api, scope: scopeText(options.scope) }, begin };
}
