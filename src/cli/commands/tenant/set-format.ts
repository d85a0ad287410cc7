import { Command } from 'commander';
import { planTenantChange } from '../../../domain/tenant/settings.ts';
import { sessionTokenFormats } from '../../../wire/edition/edition.ts';
import { withExample } from '../../options/example.ts';
import { formatWord, knownWord } from '../../options/parse.ts';
import { readableTokens, tenantData } from '../../render/tenant.ts';
import { accessToWrite, addWriteOptions, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

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
  const tokenFormat = knownWord(text, sessionTokenFormats, formatWord);
  const access = await accessToWrite(context, options);
  const look = async () => {
    const plan = await planTenantChange(access.tenant, { tokenFormat });
    if (tokenFormat === 'jwt') context.warn(readableTokens);
    return { plan };
  };
  await writeAndShow(context, options, access, look, {
    data: tenantData,
    headline: (tenant) => `Session token format: ${tenant.tokenFormat.toUpperCase()}`,
  });
}
