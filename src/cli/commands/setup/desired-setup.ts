import {
  describeLifetime,
  isLongLived,
  lifetimeArgument,
  parseSessionLifetime,
  sessionLifetimeWarning,
} from '../../../domain/duration.ts';
import type { DesiredSetUp } from '../../../domain/gates/set-up.ts';
import { checkTenantChange, readTenant, type TenantView } from '../../../domain/tenant/settings.ts';
import type { SessionTokenFormat } from '../../../wire/edition/edition.ts';
import { readableTokens } from '../../render/tenant.ts';
import { checkNothingMissing, type Dialog, recordAnswer } from './dialog.ts';
import { pickApi } from './pick-api.ts';
import { pickApp, pickConformance } from './pick-app.ts';
import { pickScopes } from './pick-scopes.ts';

/**
 * What to set up, from the options, and from questions for the rest if the user can be asked.
 * @throws {AnonError} `usage` naming all missing options, `edition_unsupported` before any question
 */
export async function collectDesiredSetUp(dialog: Dialog): Promise<DesiredSetUp> {
  const { access, edition, input, options } = dialog;
  const change = {
    ...(input.lifetimeSeconds !== undefined && { lifetimeSeconds: input.lifetimeSeconds }),
    ...(input.tokenFormat && { tokenFormat: input.tokenFormat }),
  };
  checkTenantChange(
    access.tenant,
    edition,
    change,
    options.lifetime === undefined ? undefined : { lifetime: options.lifetime },
  );
  const app = await pickApp(dialog);
  const oidcConformant = await pickConformance(dialog, app);
  const api = await pickApi(dialog);
  const scopes = await pickScopes(dialog, app, api);
  checkNothingMissing(dialog);
  if (!app || !api) throw new Error('a missing option was not recorded');
  const settings = await pickSettings(dialog);
  return { settings, app, oidcConformant, api: 'id' in api ? api : { ...api, scopes }, scopes };
}

/** The tenant's settings to change. Recommended values need no question, and a lifetime is never shortened unasked. */
async function pickSettings(dialog: Dialog): Promise<DesiredSetUp['settings']> {
  const now = await readTenant(dialog.access.tenant);
  const lifetimeSeconds = await pickLifetime(dialog, now);
  const tokenFormat = await pickFormat(dialog, now);
  return { ...(lifetimeSeconds !== undefined && { lifetimeSeconds }), ...(tokenFormat && { tokenFormat }) };
}

const longLifetimes = ['30d', '90d', '1y'] as const;

async function pickLifetime(dialog: Dialog, now: TenantView): Promise<number | undefined> {
  const { context, input, user } = dialog;
  if (input.lifetimeSeconds !== undefined) {
    const warning = sessionLifetimeWarning(input.lifetimeSeconds);
    if (warning) context.warn(warning);
    return input.lifetimeSeconds;
  }
  if (isLongLived(now.lifetimeSeconds)) return undefined;
  if (!user) {
    const lifetime = describeLifetime(now.lifetimeSeconds);
    context.warn(`Sessions live ${lifetime}; 30 days or longer is recommended: --lifetime 30d`);
    return undefined;
  }
  const choices = longLifetimes.map((value) => ({
    value,
    label: describeLifetime(parseSessionLifetime(value)),
    note: value === '30d' ? 'recommended' : '',
  }));
  const value = lifetimeArgument(now.lifetimeSeconds);
  const unchanged = { value, label: describeLifetime(now.lifetimeSeconds), note: 'current' };
  const lifetime = await user.prompts.choose('How long should guest sessions live?', [...choices, unchanged]);
  recordAnswer(dialog, { lifetime });
  return parseSessionLifetime(lifetime);
}

async function pickFormat(dialog: Dialog, now: TenantView): Promise<SessionTokenFormat | undefined> {
  const { context, input, user } = dialog;
  const { tokenFormat } = input;
  if (tokenFormat === 'jwt' || (tokenFormat === undefined && !user && now.tokenFormat === 'jwt')) {
    context.warn(readableTokens);
  }
  if (tokenFormat || now.tokenFormat === 'jwe' || !user) return tokenFormat;
  const value = await user.prompts.choose('Which format should session tokens have?', [
    { value: 'jwe', label: 'JWE', note: 'encrypted, recommended' },
    { value: 'jwt', label: 'JWT', note: 'readable by anyone, current' },
  ]);
  const format = value === 'jwt' ? 'jwt' : 'jwe';
  recordAnswer(dialog, { tokenFormat: format });
  return format;
}
