import type { Config, WrittenConfig } from '../../../domain/config/config.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { Context } from '../../world/context.ts';

export const configFileOptions = {
  '-f, --file <file>': { description: 'the configuration file', repeatable: true, values: { file: true } },
} as const;

type FileOptions = OptionValues<typeof configFileOptions>;

export async function readConfig(context: Context, { file = ['anon.json'] }: FileOptions): Promise<WrittenConfig> {
  const [name = ''] = file;
  const parsed = JSON.parse(await context.readFile(name));
  const config: Config = {
    ...(parsed.tenant && { tenant: parsed.tenant }),
    apps: new Map(Object.entries(parsed.apps ?? {})),
    apis: new Map(
      Object.entries(parsed.apis ?? {}).map(([audience, api]) => {
        const { apps, ...rest } = api as { apps?: object };
        return [audience, { ...rest, ...(apps && { apps: new Map(Object.entries(apps)) }) }];
      }),
    ),
    ...(parsed.claims && { claims: parsed.claims }),
    policies: [],
  };
  return { config, name, placeOf: (path) => ({ file: name, line: path.length, column: 1 }) };
}
