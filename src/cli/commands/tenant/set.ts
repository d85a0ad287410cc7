import { parseSessionLifetime, sessionLifetimeWarning } from '../../../domain/lifetime.ts';
import { planTenantChange } from '../../../domain/tenant/settings.ts';
import { sessionTokenFormats } from '../../../wire/edition/edition.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import { formatWord, knownWord, onOrOff } from '../../options/parse.ts';
import { lifetimeText, readableTokens, tenantData } from '../../render/tenant.ts';
import type { Access } from '../../tenant/access.ts';
import { changeTenant, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

export const tenantSetLifetimeCommand = defineCommand({
  description: 'set how long guest sessions live',
  args: { '<duration>': "45s, 90m, 12h, 30d, 1y, a number of seconds, or 'never'" },
  options: writeOptions,
  calls: 'tenant',
  examples: ['tenant set-lifetime 30d'],
  notes:
    "30 days or longer is recommended; the maximum is 1 year. Edition ea accepts only whole minutes, and not 'never'.",
  async run(context, { duration }, options) {
    const plan = async ({ tenant }: Access) => {
      const lifetimeSeconds = parseSessionLifetime(duration, tenant.edition && editionNamed(tenant.edition));
      const warning = sessionLifetimeWarning(lifetimeSeconds);
      if (warning) context.warn(warning);
      return { plan: await planTenantChange(tenant, { lifetimeSeconds }, { lifetime: duration }) };
    };
    await changeTenant(context, options, plan, {
      data: tenantData,
      headline: (tenant) => `Session lifetime: ${lifetimeText(tenant.lifetimeSeconds)}`,
    });
  },
});

export const tenantSetFormatCommand = defineCommand({
  description: 'set the format of session tokens',
  args: {
    '<format>': {
      description: 'jwe (encrypted, for production) or jwt (anyone can read it)',
      values: sessionTokenFormats,
    },
  },
  options: writeOptions,
  calls: 'tenant',
  examples: ['tenant set-format jwe'],
  notes: `Tokens of the other format stay valid until they expire. Edition ea has no such setting: its session tokens are \
always encrypted.`,
  async run(context, { format }, options) {
    const tokenFormat = knownWord(format, sessionTokenFormats, formatWord);
    const plan = async ({ tenant }: Access) => {
      const change = await planTenantChange(tenant, { tokenFormat });
      if (tokenFormat === 'jwt') context.warn(readableTokens);
      return { plan: change };
    };
    await changeTenant(context, options, plan, {
      data: tenantData,
      headline: (tenant) => `Session token format: ${tenant.tokenFormat.toUpperCase()}`,
    });
  },
});

export const tenantSetCookieCommand = defineCommand({
  description: 'set whether browsers also get the session as a cookie',
  args: { '<on|off>': { description: 'on or off', values: ['on', 'off'] } },
  options: writeOptions,
  calls: 'tenant',
  examples: ['tenant set-cookie off --dry-run'],
  notes: 'Only edition ea has a session cookie (auth0_anon).',
  async run(context, { 'on|off': state }, options) {
    const cookie = onOrOff(state);
    const plan = async ({ tenant }: Access) => ({ plan: await planTenantChange(tenant, { cookie }) });
    await changeTenant(context, options, plan, {
      data: tenantData,
      headline: (tenant) => `Session cookie: ${tenant.cookie ? 'on' : 'off'}`,
    });
  },
});
