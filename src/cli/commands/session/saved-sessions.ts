import { addressOf } from '../../../domain/profile/address.ts';
import type { ProfileSessions } from '../../../domain/session/find.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { requestedEdition, selectProfile } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

/** The saved sessions of one profile, and their tenant. */
export interface SavedSessions extends ProfileSessions {
  /** Of the profile's tenant; undefined for the local tenant, whose state has it. */
  readonly issuer: string | undefined;
  readonly warn: (message: string) => void;
  /** For their clock. */
  readonly domain: string | undefined;
  readonly database: string | undefined;
}

export async function savedSessions(context: Context, options: GlobalOptions): Promise<SavedSessions> {
  const { profile, selection } = await selectProfile(context, options);
  const { name, domain, database } = profile;
  const issuer = domain === undefined ? undefined : addressOf(domain).issuer;
  return {
    sessions: await context.sessions(profile),
    profile: name,
    issuer,
    selection,
    warn: context.warn,
    domain,
    database,
  };
}

/** The issuer of the sessions' tenant, the local one too. */
export async function issuerOf(context: Context, { issuer }: SavedSessions, options: GlobalOptions): Promise<string> {
  return issuer ?? (await (await context.local()).describe(requestedEdition(context, options))).issuer;
}
