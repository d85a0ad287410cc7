import { addressOf } from '../../../domain/profile/address.ts';
import type { SessionStore } from '../../../domain/session/saved-session.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { chosenEdition, selectProfile } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

/** The sessions that are kept of one profile. */
export interface KeptSessions {
  readonly sessions: SessionStore;
  readonly profile: string;
  /** Of the profile's tenant; undefined for the embedded one, whose state says it. */
  readonly issuer: string | undefined;
  /** What makes another command be for this profile too. */
  readonly selection: string;
  readonly warn: (message: string) => void;
}

export async function keptSessions(context: Context, options: GlobalOptions): Promise<KeptSessions> {
  const { profile, selection } = await selectProfile(context, options);
  const { name, domain } = profile;
  const issuer = domain === undefined ? undefined : addressOf(domain).issuer;
  return { sessions: await context.sessions(profile), profile: name, issuer, selection, warn: context.warn };
}

/** The issuer of the sessions' tenant, whichever it is. */
export async function issuerOf(context: Context, { issuer }: KeptSessions, options: GlobalOptions): Promise<string> {
  return issuer ?? (await (await context.local()).describe(chosenEdition(context, options))).issuer;
}

export {
  checkListed as keptName,
  checkUnused,
  findSession as sessionNamed,
  getReadable as readable,
  listSessions as sessionViews,
} from '../../../domain/session/find.ts';
