import { Command } from 'commander';
import { mostSimilar } from '../../../domain/similar.ts';
import { planTenantChange } from '../../../domain/tenant/settings.ts';
import { AnonError } from '../../../errors.ts';
import { type SessionTokenFormat, sessionTokenFormats } from '../../../wire/edition/edition.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import { tenantData } from '../../render/tenant.ts';
import { accessToWrite, addWriteOptions, type WriteOptions, writeAndShow } from '../../write.ts';

export function tenantSetFormatCommand(context: Context, run = setFormat): Command {
  const command = addWriteOptions(
    new Command('set-format')
      .description('set the format of session tokens')
      .argument('<format>', 'jwe (sealed, for production) or jwt (readable by anyone)'),
  ).action((format: string, options: WriteOptions) => run(context, format, options));
  return withExample(
    command,
    'tenant set-format jwe',
    'Tokens of the other format stay valid until they expire. Edition ea has no such\nsetting: its session tokens are always sealed.',
  );
}

async function setFormat(context: Context, text: string, options: WriteOptions): Promise<void> {
  const tokenFormat = parseFormat(text);
  const access = await accessToWrite(context, options);
  const plan = await planTenantChange(access.tenant, { tokenFormat });
  if (tokenFormat === 'jwt') {
    context.warn('Anyone who holds a session token in the JWT format can read it; use JWE in production.');
  }
  await writeAndShow(context, options, access, plan, {
    data: tenantData,
    headline: (tenant) => `Session token format: ${tenant.tokenFormat.toUpperCase()}`,
  });
}

/** @throws {AnonError} `usage` */
function parseFormat(text: string): SessionTokenFormat {
  const format = sessionTokenFormats.find((candidate) => candidate === text.toLowerCase());
  if (format) return format;
  const similar = mostSimilar(text, sessionTokenFormats);
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a session token format.`, {
    hint: similar ? `Did you mean ${similar}?` : `The formats are ${sessionTokenFormats.join(' and ')}.`,
  });
}
