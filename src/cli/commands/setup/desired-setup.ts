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
import { answered, checkNothingMissing, type Dialog } from './dialog.ts';
import { pickApi } from './pick-api.ts';
import { pickApp, pickConformance } from './pick-app.ts';
import { pickScopes } from './pick-scopes.ts';

/**
 * What is to be set up: by the options, and where a person may be asked by questions for the rest.
 * @throws {AnonError} `usage` naming every option that is missing, `edition_unsupported` before any question
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
  if (!app || !api) throw new Error('what is missing was not told');
  const settings = await pickSettings(dialog);
  return { settings, app, oidcConformant, api: 'id' in api ? api : { ...api, scopes }, scopes };
}

/** The tenant's settings to change. What is as recommended already needs no question, and nothing is ever lowered. */
async function pickSettings(dialog: Dialog): Promise<DesiredSetUp['settings']> {
  const now = await readTenant(dialog.access.tenant);
  const lifetimeSeconds = await pickLifetime(dialog, now);
  const tokenFormat = await pickFormat(dialog, now);
  return { ...(lifetimeSeconds !== undefined && { lifetimeSeconds }), ...(tokenFormat && { tokenFormat }) };
}

const longLifetimes = ['30d', '90d', '1y'] as const;

async function pickLifetime(dialog: Dialog, now: TenantView): Promise<number | undefined> {
  const { context, input, person } = dialog;
  if (input.lifetimeSeconds !== undefined) {
    const warning = sessionLifetimeWarning(input.lifetimeSeconds);
    if (warning) context.warn(warning);
    return input.lifetimeSeconds;
  }
  if (isLongLived(now.lifetimeSeconds)) return undefined;
  if (!person) {
    context.warn(
      `Sessions live ${describeLifetime(now.lifetimeSeconds)} here; 30 days or longer is recommended: --lifetime 30d`,
    );
    return undefined;
  }
  const kept = lifetimeArgument(now.lifetimeSeconds);
  const choices = longLifetimes.map((value) => ({
    value,
    label: describeLifetime(parseSessionLifetime(value)),
    note: value === '30d' ? 'recommended' : '',
  }));
  const as = { value: kept, label: describeLifetime(now.lifetimeSeconds), note: 'as it is' };
  const lifetime = await person.prompts.choose('How long do guest sessions live?', [...choices, as]);
  answered(dialog, { lifetime });
  return parseSessionLifetime(lifetime);
}

async function pickFormat(dialog: Dialog, now: TenantView): Promise<SessionTokenFormat | undefined> {
  const { context, input, person } = dialog;
  const { tokenFormat } = input;
  if (tokenFormat === 'jwt' || (tokenFormat === undefined && !person && now.tokenFormat === 'jwt')) {
    context.warn(readableTokens);
  }
  if (tokenFormat || now.tokenFormat === 'jwe' || !person) return tokenFormat;
  const value = await person.prompts.choose('In which format are session tokens?', [
    { value: 'jwe', label: 'JWE', note: 'encrypted, recommended' },
    { value: 'jwt', label: 'JWT', note: 'readable by anyone, as it is' },
  ]);
  const format = value === 'jwt' ? 'jwt' : 'jwe';
  answered(dialog, { tokenFormat: format });
  return format;
}
