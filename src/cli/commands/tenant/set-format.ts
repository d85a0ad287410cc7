import { Command } from 'commander';
import { mostSimilar } from '../../../domain/similar.ts';
import { changeTenant } from '../../../domain/tenant/settings.ts';
import { AnonError } from '../../../errors.ts';
import { type SessionTokenFormat, sessionTokenFormats } from '../../../wire/edition/edition.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { sentData, sentText } from '../../render/sent.ts';
import { tenantData } from '../../render/tenant.ts';
import { accessTenant } from '../../tenant-access.ts';

export function tenantSetFormatCommand(context: Context, run = setFormat): Command {
  const command = new Command('set-format')
    .description('set the format of session tokens')
    .argument('<format>', 'jwe (sealed, for production) or jwt (readable by anyone)')
    .action((format: string, options: GlobalOptions) => run(context, format, options));
  return withExample(command, 'tenant set-format jwe', 'Tokens of the other format stay valid until they expire.');
}

async function setFormat(context: Context, text: string, options: GlobalOptions): Promise<void> {
  const tokenFormat = parseFormat(text);
  const { tenant } = await accessTenant(context, options);
  const changed = await changeTenant(tenant, { tokenFormat });
  if (tokenFormat === 'jwt') {
    context.warn('Anyone who holds a session token in the JWT format can read it; use JWE in production.');
  }
  printResult(context, options, {
    data: { ...tenantData(changed.tenant), sent: sentData(changed.sent) },
    human: (paint) =>
      `${paint.green('✔')} Session token format: ${changed.tenant.tokenFormat.toUpperCase()}\n${sentText(paint, changed.sent)}`,
  });
}

function parseFormat(text: string): SessionTokenFormat {
  const format = sessionTokenFormats.find((candidate) => candidate === text.toLowerCase());
  if (format) return format;
  const similar = mostSimilar(text, sessionTokenFormats);
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a session token format.`, {
    hint: similar ? `Did you mean ${similar}?` : `The formats are ${sessionTokenFormats.join(' and ')}.`,
  });
}
