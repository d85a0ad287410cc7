import type { JsonObject } from '../wire/schema.ts';
import type { TenantExport } from '../wire/tenant-export.ts';
import type { ActionOutcome, ActionRunner, ActionTrigger } from './actions/runner.ts';
import type { ServedRequest } from './http/served-request.ts';
import type { GuestCarrier } from './login/guest.ts';
import { systemRandom } from './random.ts';
import { carrierFor, noCarrier, type RefusedTicket } from './rehearsal/carrier.ts';
import { type ActionToTry, copiedState } from './rehearsal/copied-state.ts';
import { type GivenSession, readGivenSession } from './rehearsal/given-session.ts';
import { type LoginEnd, logIn, type PlannedLogin } from './rehearsal/log-in.ts';
import { readMoment } from './state/moment.ts';
import type { Store } from './store/store.ts';
import { createTenant, type TenantOptions } from './tenant.ts';
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
