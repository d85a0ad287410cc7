import {
  describeLifetime,
  isLongLived,
  lifetimeArgument,
  parseSessionLifetime,
  sessionLifetimeWarning,
} from '../../../domain/duration.ts';
import type { Wish } from '../../../domain/gates/set-up.ts';
import { readTenant, type TenantView } from '../../../domain/tenant/settings.ts';
import type { SessionTokenFormat } from '../../../wire/edition/edition.ts';
import { readableTokens } from '../../render/tenant.ts';
import { answered, type Inquiry } from './inquiry.ts';

/** The tenant's settings to change. What is as recommended already needs no question, and nothing is ever lowered. */
export async function pickSettings(inquiry: Inquiry): Promise<Wish['settings']> {
  const now = await readTenant(inquiry.access.tenant);
  const lifetimeSeconds = await pickLifetime(inquiry, now);
  const tokenFormat = await pickFormat(inquiry, now);
  return { ...(lifetimeSeconds !== undefined && { lifetimeSeconds }), ...(tokenFormat && { tokenFormat }) };
}

const longLifetimes = ['30d', '90d', '1y'] as const;

async function pickLifetime(inquiry: Inquiry, now: TenantView): Promise<number | undefined> {
  const { context, input, person } = inquiry;
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
  answered(inquiry, { lifetime });
  return parseSessionLifetime(lifetime);
}

async function pickFormat(inquiry: Inquiry, now: TenantView): Promise<SessionTokenFormat | undefined> {
  const { context, input, person } = inquiry;
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
  answered(inquiry, { tokenFormat: format });
  return format;
}
