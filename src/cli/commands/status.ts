import type { Clock } from '../../domain/clock.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import { getReadable } from '../../domain/session/find.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { GlobalOptions } from '../options/global.ts';
import { printResult } from '../output/output.ts';
import { renderStatus, type Status, statusData } from '../render/status.ts';
import { requestedAppAndApi, requestedEdition, selectProfile } from '../tenant/access.ts';
import { databaseSource } from '../tenant/profile-in-use.ts';
import type { Context } from '../world/context.ts';
import { environmentCredentials } from '../world/management-credentials.ts';
import { defineCommand } from './define-command.ts';

export const statusCommand = defineCommand({
  description: 'show which tenant, application, API and session commands use',
  calls: 'nothing',
  examples: ['status'],
  notes: 'Reads only this machine, and sends nothing to the tenant.',
  run: (context, _args, options) => printStatus(context, options),
});

async function printStatus(context: Context, options: GlobalOptions): Promise<void> {
  const selected = await selectProfile(context, options);
  const { selection, because } = selected;
  const profile = await context.withEdition(selected.profile, requestedEdition(context, options));
  const named = requestedAppAndApi(context, {});
  const { app, api } = profile;
  const status: Status = {
    profile,
    selection,
    source: because === '--profile' ? 'option' : (because ?? 'current'),
    databaseSource: databaseSource(context, profile),
    edition: editionFor(context, options, profile),
    fromEnvironment: environmentCredentials(context, profile.domain) !== undefined,
    app: named.app
      ? { client_id: null, name: named.app, source: 'ANON_APP' }
      : app
        ? { client_id: app.clientId, name: app.name, source: 'profile' }
        : null,
    api: named.api
      ? { audience: null, name: named.api, source: 'ANON_API' }
      : api
        ? { audience: api.audience, name: api.name, source: 'profile' }
        : null,
    session: await currentSession(context, profile),
  };
  const nowMs = (await clockOf(context, profile)).now();
  printResult(context, options, {
    data: statusData(status, nowMs),
    human: (paint) => renderStatus(paint, status, nowMs),
  });
}

/** A database is not asked: this command reads only this machine. */
async function clockOf(context: Context, profile: Profile): Promise<Pick<Clock, 'now'>> {
  return profile.database === undefined ? context.clockOf(profile) : context.clock;
}

/** The edition that commands use there. The local tenant has its own, whatever is requested. */
function editionFor(context: Context, options: GlobalOptions, profile: Profile): EditionName | undefined {
  const chosen = requestedEdition(context, options);
  if (profile.domain !== undefined) return chosen ?? profile.edition;
  if (chosen && profile.edition && chosen !== profile.edition) {
    context.warn(`The local tenant's edition is ${profile.edition}; it refuses commands with edition ${chosen}.`);
  }
  return profile.edition;
}

/** Undefined, with a warning, for a session that cannot be read: commands can't use it either. */
async function currentSession(context: Context, profile: Profile): Promise<Status['session']> {
  const sessions = await context.sessions(profile);
  const name = await sessions.current();
  const session = await getReadable({ sessions, warn: context.warn }, name);
  return session && { name, session, current: true };
}
