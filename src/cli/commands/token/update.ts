import { Command } from 'commander';
import { chooseApi } from '../../../domain/api/choose.ts';
import { chooseRequestingApp } from '../../../domain/app/choose.ts';
import type { Profile, RememberedSession, TenantConnection } from '../../../domain/ports.ts';
import { updateSession } from '../../../domain/session/create.ts';
import { checkUpdate } from '../../../domain/session/edition-limits.ts';
import { checkMergedSize } from '../../../domain/session/metadata.ts';
import { decodeToken } from '../../../domain/token/decode.ts';
import { tenantKeyRing } from '../../../domain/token/tenant-keys.ts';
import { AnonError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import { printResult } from '../../output.ts';
import { relativeText } from '../../render/time.ts';
import { scopeText } from '../../scope-list.ts';
import { type Access, accessTenant, namedChoices } from '../../tenant-access.ts';
import {
  type InspectedTokens,
  inspectTokens,
  remember,
  renderTokens,
  sessionToRemember,
  showThenSettle,
  tokensData,
} from './guest-tokens.ts';
import { metadataSize, metadataSizeData, renderMetadataSize } from './metadata-meter.ts';
import {
  addTokenRequestOptions,
  collect,
  readTokenInput,
  type TokenInput,
  type TokenRequestOptions,
  withSecret,
} from './options.ts';

export interface TokenUpdateOptions extends TokenRequestOptions {
  readonly unset?: string[];
  readonly sessionToken?: string;
}

export function tokenUpdateCommand(context: Context, run = updateAndShow): Command {
  const command = addTokenRequestOptions(
    new Command('update').description('update the session: merge metadata, get new tokens'),
  )
    .option('--unset <key>', 'remove a top-level metadata key, repeatable', collect)
    .option('--session-token <token>', "update this session, not the remembered one; '-' for stdin")
    .action((options: TokenUpdateOptions) => run(context, options));
  return withExample(
    command,
    'token update --meta language=en --meta country=US',
    "Top-level keys are merged; a nested object is replaced whole. Edition ea sets\nmetadata once, at creation: there this renews the guest's access token.",
  );
}

async function updateAndShow(context: Context, options: TokenUpdateOptions): Promise<void> {
  const input = await readTokenInput(context, options);
  const access = await accessTenant(context, options);
  if (input.sessionToken !== undefined) {
    const named = namedChoices(context, options);
    const { inspected } = await update(access, { named, options, input, sessionToken: input.sessionToken });
    return show(context, options, inspected);
  }
  const sessions = await context.sessions();
  const { profile } = access;
  // Read, update, remember, with no other process in between: two updates at once must both count.
  await sessions.exclusively(async () => {
    const remembered = await sessions.get(profile.name);
    if (!remembered) throw nothingRemembered(access);
    const { sessionToken } = remembered;
    // A session is one application's: what the environment says is for sessions that nobody remembers.
    const named = { app: options.app, api: options.api };
    const { inspected, session } = await update(access, { named, options, input, sessionToken, remembered });
    await showThenSettle(remember(sessions, profile.name, session), () => show(context, options, inspected));
  });
}

interface Update {
  readonly named: ReturnType<typeof namedChoices>;
  readonly options: TokenUpdateOptions;
  readonly input: TokenInput;
  readonly sessionToken: string;
  readonly remembered?: RememberedSession;
}

async function update({ tenant, profile }: Access, { named, options, input, sessionToken, remembered }: Update) {
  const { metadata } = input;
  await checkUpdate(tenant, metadata);
  await checkRoom(tenant, sessionToken, metadata);
  const chosen = remembered ? choicesOf(remembered) : profile;
  const app = await chooseRequestingApp(tenant, { named: named.app, chosen: chosen.app });
  const api = await chooseApi(tenant, { named: named.api, chosen: chosen.api });
  const scope = scopeText(options.scope) ?? (options.api === undefined ? remembered?.scope : undefined);
  const request = { app: withSecret(app, input.clientSecret), api, scope, metadata, sessionToken };
  const tokens = await updateSession(tenant, request);
  const inspected = await inspectTokens(tenant, tokens);
  return { inspected, session: sessionToRemember(tokens, request, remembered) };
}

/** Where the session can be read, what it will hold is checked before the call. */
async function checkRoom(
  tenant: TenantConnection,
  sessionToken: string,
  change: JsonObject | undefined,
): Promise<void> {
  if (!change) return;
  const ports = { clock: tenant.clock, keys: tenantKeyRing(tenant) };
  // What is no token the tenant will say.
  const session = await decodeToken(ports, sessionToken).catch(() => undefined);
  checkMergedSize(session?.claims?.metadata, change);
}

function choicesOf({ clientId, audience }: RememberedSession): Pick<Profile, 'app' | 'api'> {
  return { app: { clientId, name: clientId }, api: { audience, name: audience } };
}

function show(context: Context, options: TokenUpdateOptions, inspected: InspectedTokens): void {
  printResult(context, options, {
    data: { ...tokensData(inspected), ...metadataSizeData(metadataSize(inspected)) },
    human: (paint) =>
      `${paint.green('✔')} ${outcomeText(inspected)}\n${renderMetadataSize(paint, metadataSize(inspected))}\n` +
      renderTokens(paint, inspected),
  });
}

/** Edition `ea` answers with an access token only: the session stays what it is. */
function outcomeText({ tokens }: InspectedTokens): string {
  if (tokens.sessionToken !== undefined) return 'Session updated: a new session token and a new access token';
  const left = tokens.sessionExpiresInSeconds;
  const end = left === undefined ? 'its end stays' : `it ends ${relativeText(left)}`;
  return `Session renewed: a new access token; ${end}`;
}

function nothingRemembered({ tenant }: Access): AnonError {
  return new AnonError('usage', `No session is remembered for profile '${tenant.profile}'.`, {
    hint: `Create one: anon-cli token create${tenant.selection}; or give its token: --session-token -`,
  });
}
