import type { JsonObject } from '../wire/schema.ts';
import type { TenantExport } from '../wire/tenant-export.ts';
import type { ActionOutcome, ActionRunner, ActionTrigger } from './actions/runner.ts';
import { readSessionToken } from './guests/session-token.ts';
import { isTransferTicket } from './guests/transfer-ticket.ts';
import type { ServedRequest } from './http/served-request.ts';
import type { GuestCarrier } from './login/guest.ts';
import { systemRandom } from './random.ts';
import { carrierFor, noCarrier, type RefusedTicket } from './rehearsal/carrier.ts';
import { withoutKeys } from './rehearsal/client-access.ts';
import { type LoginEnd, logIn, type PlannedLogin } from './rehearsal/log-in.ts';
import type { Moment } from './scope.ts';
import { importState } from './state/carried-state.ts';
import { readMoment } from './state/moment.ts';
import { cachedStore } from './store/cached-store.ts';
import { memoryDatabase } from './store/memory.ts';
import type { Store, StoreReader, StoreWriter } from './store/store.ts';
import { createTenant, type TenantOptions } from './tenant.ts';
import { readApiToken } from './tokens/api-token.ts';
import { makeKeys } from './tokens/keys.ts';
import { findUserByEmail, shownUser } from './users/user.ts';

/** A login to rehearse, in a copy of a tenant. */
export interface Rehearsal extends Omit<PlannedLogin, 'client'> {
  readonly clientId: string;
  readonly sessionToken: string;
  readonly via: GuestCarrier;
  /** Takes the place of the tenant's post-login Actions. */
  readonly action: ActionToTry | undefined;
}

/** One run of an Action, without its event. */
export interface RanAction extends ActionOutcome {
  readonly name: string;
  readonly trigger: ActionTrigger;
}

/** One login, and what it left behind. */
export interface RehearsedLogin {
  readonly end: LoginEnd;
  /** The guest who came along, as the tenant saw it. */
  readonly guestId: string | undefined;
  readonly actions: readonly RanAction[];
  /** The user's profile afterwards; undefined where a sign-up was refused. */
  readonly user: JsonObject | undefined;
}

export interface Rehearsed {
  /** The session token as the tenant reads it. */
  readonly session: GivenSession;
  /** Whether the tenant reads the cookie of guests at a login. */
  readonly readsCookie: boolean;
  readonly refusedTicket: RefusedTicket | undefined;
  /** The user's profile before; undefined for a new user. */
  readonly userBefore: JsonObject | undefined;
  readonly withoutGuest: RehearsedLogin;
  readonly withGuest: RehearsedLogin;
}

/**
 * Logs a user in twice, without a guest and with one, each time in a copy of the tenant in memory with its keys and its Actions.
 * All requests are those of a browser and of an application.
 */
export async function rehearse(
  file: TenantExport,
  doors: Required<Pick<TenantOptions, 'clock' | 'runAction'>>,
  asked: Rehearsal,
): Promise<Rehearsed> {
  const first = await openCopy(file, doors, asked);
  const userBefore = await profileIn(first.store, asked.user);
  const withoutGuest = await first.logIn(noCarrier);
  const second = await openCopy(file, doors, asked);
  const { issuer, edition, client, moment } = second;
  const carrier = await carrierFor({ handle: second.handle, issuer, edition, client }, asked.via, asked.sessionToken);
  const withGuest = await second.logIn(carrier);
  return {
    session: await readGivenSession(second.store, moment, asked.sessionToken),
    readsCookie: edition.tenant.read(moment.settings).cookie !== false,
    ...{ refusedTicket: carrier.refusal, userBefore, withoutGuest, withGuest },
  };
}

async function openCopy(
  file: TenantExport,
  { clock, runAction }: Parameters<typeof rehearse>[1],
  { clientId, action, ...asked }: Rehearsal,
) {
  const random = systemRandom();
  const store = await copiedState(file, { clientId, action });
  const served: ServedRequest[] = [];
  const actions: RanAction[] = [];
  const tenant = createTenant({
    ...{ store, clock, random, keys: makeKeys },
    onServed: (request) => served.push(request),
    runAction: runAction && recorded(store, runAction, actions),
  });
  await tenant.ready();
  const { issuer } = tenant;
  const moment = await readMoment(store, { machineMs: clock(), issuer });
  const client = await store.get('client', clientId);
  if (!moment || !client) throw new Error('the copy of the tenant lacks the application');
  const login = async (carrier: typeof noCarrier): Promise<RehearsedLogin> => {
    const end = await logIn({ handle: tenant.handle, issuer, random }, { ...asked, client }, carrier);
    const visits = served.filter(({ path }) => !path.startsWith('/anonymous') && !path.startsWith('/oauth'));
    const user = await profileIn(store, asked.user);
    return { end: explained(end, visits), guestId: visits.at(-1)?.guest, actions, user };
  };
  return { store, moment, edition: moment.edition, issuer, client, handle: tenant.handle, logIn: login };
}

/** A page does not have the code of its error in a form for programs. */
function explained(end: LoginEnd, visits: readonly ServedRequest[]): LoginEnd {
  return end.ok || end.error !== '' ? end : { ...end, error: visits.at(-1)?.error ?? 'login_required' };
}

function recorded(store: Store, runAction: ActionRunner, actions: RanAction[]): ActionRunner {
  return async (run) => {
    const outcome = await runAction(run);
    const known = await store.list('action', { lookup: 'trigger', value: run.trigger });
    const name = known.find(({ file }) => file === run.file)?.name ?? run.file;
    actions.push({ ...outcome, name: String(name), trigger: run.trigger });
    return outcome;
  };
}

async function profileIn(store: Store, email: string): Promise<JsonObject | undefined> {
  const user = await findUserByEmail(store, email);
  return user && shownUser(user);
}

/** An Action that the tenant need not have. */
interface ActionToTry {
  readonly name: string;
  /** An absolute path. */
  readonly file: string;
}

/** The state of a tenant in memory, changed for the rehearsal of a login. */
async function copiedState(
  file: TenantExport,
  { clientId, action }: { readonly clientId: string; readonly action: ActionToTry | undefined },
): Promise<Store> {
  const store = cachedStore(memoryDatabase());
  await importState(store, file);
  await store.write(async (writer) => {
    await withoutKeys(writer, clientId);
    if (action) await replaceActions(writer, action);
  });
  return store;
}

/** Secrets stay those of the registered Action with the same file: the rehearsal may be of a change to it. */
async function replaceActions(writer: StoreWriter, { name, file }: ActionToTry): Promise<void> {
  const registered = await writer.list('action', { lookup: 'trigger', value: 'post-login' });
  const same = registered.find((action) => action.file === file);
  for (const { id } of registered) writer.remove('action', String(id));
  const id = String(same?.id ?? 'rehearsed');
  writer.put('action', id, { secrets: {}, order: 1, ...same, id, name, trigger: 'post-login', file });
}

/** What the tenant finds in a text that should be a session token. */
interface GivenSession {
  /** Unknown for a token that it did not issue, or that was changed. */
  readonly kind: 'session' | 'ticket' | 'jwt' | 'unknown';
  /** The application that the session belongs to, and its name. */
  readonly clientId?: string;
  readonly appName?: string;
  readonly guestId?: string;
  /** In seconds since 1970; undefined for a session that never expires. */
  readonly endSeconds?: number | undefined;
}

async function readGivenSession(store: StoreReader, moment: Moment, token: string): Promise<GivenSession> {
  const claims = readSessionToken(moment.keys, moment.edition, token);
  if (!claims) return { kind: otherKind(moment, token) };
  const { client_id: clientId, user_id: guestId, exp: endSeconds } = claims;
  const client = await store.get('client', clientId);
  return { kind: 'session', clientId, appName: String(client?.name ?? clientId), guestId, endSeconds };
}

/** What else of the tenant's is easily taken for a session token. */
function otherKind(moment: Moment, token: string): 'ticket' | 'jwt' | 'unknown' {
  if (isTransferTicket(moment, token)) return 'ticket';
  return readApiToken(moment.keys, token) ? 'jwt' : 'unknown';
}
