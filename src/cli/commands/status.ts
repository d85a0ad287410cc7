import { Command } from 'commander';
import type { Profile } from '../../domain/profile/profile.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { withExample } from '../options/example.ts';
import type { GlobalOptions } from '../options/global.ts';
import { printResult } from '../output/output.ts';
import { renderStatus, type Status, statusData } from '../render/status.ts';
import { requestedAppAndApi, requestedEdition, selectProfile } from '../tenant/access.ts';
import type { Context } from '../world/context.ts';
import { environmentCredentials } from '../world/environment-credentials.ts';
import { type KeptSessions, readable } from './session/kept-sessions.ts';

export function statusCommand(context: Context, run = printStatus): Command {
  const command = new Command('status')
    .description('show the tenant, application, API and session that commands use now')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(command, 'status', 'It asks no tenant: all of it is from this machine.');
}

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
    session: await currentSession(context, profile, selection),
  };
  const nowMs = context.clock.now();
  printResult(context, options, {
    data: statusData(status, nowMs),
    human: (paint) => renderStatus(paint, status, nowMs),
  });
}

/** The edition that commands speak there. The embedded tenant speaks its own, whatever is asked for. */
function editionFor(context: Context, options: GlobalOptions, profile: Profile): EditionName | undefined {
  const chosen = requestedEdition(context, options);
  if (profile.domain !== undefined) return chosen ?? profile.edition;
  if (chosen && profile.edition && chosen !== profile.edition) {
    context.warn(`The local tenant speaks edition ${profile.edition}: commands that ask for ${chosen} are refused.`);
  }
  return profile.edition;
}

/** One that cannot be read is none to commands either, which is reported. */
async function currentSession(context: Context, profile: Profile, selection: string): Promise<Status['session']> {
  const sessions = await context.sessions(profile);
  const name = await sessions.current();
  const kept: KeptSessions = { sessions, profile: profile.name, issuer: undefined, selection, warn: context.warn };
  const session = await readable(kept, name);
  return session && { name, session, current: true };
}
