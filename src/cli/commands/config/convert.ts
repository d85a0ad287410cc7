import { join } from 'node:path';
import type { Converted } from '../../../domain/config/convert/converted.ts';
import type { DeployCliText } from '../../../domain/config/convert/deploy-cli.ts';
import type { OtherObjects } from '../../../domain/config/convert/other-file.ts';
import { DocumentError, type Problem, placeText, problemData } from '../../../domain/document/problem.ts';
import { AnonError } from '../../../errors.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import { type ConfigOptions, configOptions, requireConfig } from '../../input/config-files.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { requestedEdition } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { schemaPath } from './schema.ts';

/** The tools whose files a configuration is converted to and from. */
const otherTools = ['terraform', 'deploy-cli'] as const;
type OtherTool = (typeof otherTools)[number];

/** @throws {AnonError} `usage` */
function toolNamed(text: string): OtherTool {
  const tool = otherTools.find((one) => one === text);
  if (tool) return tool;
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a tool that configurations are converted for.`, {
    hint: `Choose ${otherTools.join(' or ')}.`,
  });
}

const tools = { values: otherTools, parse: toolNamed };

export const configConvertCommand = defineCommand({
  description: 'write a configuration for Terraform or auth0-deploy-cli, or read theirs',
  args: {
    '[source]': {
      description: 'with --from: a folder or tenant.yaml of deploy-cli, the JSON of terraform show, or - for stdin',
      values: { file: true },
    },
  },
  options: {
    '--to <tool>': { description: 'write the configuration for this tool: terraform or deploy-cli', ...tools },
    '--from <tool>': { description: "read this tool's files: terraform or deploy-cli", ...tools },
    ...configOptions,
    '--output <file>': { description: 'a new file, or a folder for it (default: stdout)', values: { file: true } },
  },
  calls: 'nothing',
  examples: [
    'config export | anon-cli config convert --to terraform --file -',
    'config export | anon-cli config convert --to deploy-cli --file -',
  ],
  notes:
    "It writes and reads only what guests may do. What the result can't express is reported on stderr, with its place, and is a comment " +
    'in the result. Without --edition, --to writes edition ea; --from reads both.',
  more: 'docs/config.md',
  async run(context, { source }, options) {
    const { to, from } = options;
    if ((to === undefined) === (from === undefined)) {
      throw new AnonError('usage', to ? "--to and --from can't be combined." : 'Give --to or --from, with a tool.', {
        hint: 'Example: anon-cli config convert --to terraform',
      });
    }
    const result = to
      ? await written(context, to, source, options)
      : await read(context, from as OtherTool, source, options);
    for (const problem of result.leftOut) context.warn(`${placeText(problem)}: ${problem.message}`);
    const file = options.output === undefined ? undefined : await outputFile(context, options.output, to);
    const { text, leftOut } = result;
    const data = { to: to ?? null, from: from ?? null, file: file ?? null, text, left_out: leftOut.map(problemData) };
    if (file === undefined) return printResult(context, options, { data, verbatim: true, human: () => text });
    await context.writeNewFile(file, text);
    printResult(context, options, {
      data,
      human: (paint) => `${paint.green('✔')} Converted to ${printable(file)}\n${paint.dim(`Next: ${nextStep(to)}\n`)}`,
    });
  },
});

type Options = GlobalOptions & ConfigOptions & { readonly output?: string };

async function written(
  context: Context,
  tool: OtherTool,
  source: string | undefined,
  options: Options,
): Promise<Converted> {
  if (source !== undefined) {
    throw new AnonError('usage', '--to takes its configuration from --file.', {
      hint: `anon-cli config convert --to ${tool} --file <file>`,
    });
  }
  const config = await requireConfig(context, options);
  const edition = editionNamed(requestedEdition(context, options) ?? 'ea');
  if (tool === 'terraform')
    return (await import('../../../domain/config/convert/to-terraform.ts')).terraformFile(config, edition);
  return (await import('../../../domain/config/convert/deploy-cli.ts')).deployCliFile(config, edition);
}

async function read(
  context: Context,
  tool: OtherTool,
  source: string | undefined,
  options: Options,
): Promise<{ readonly text: string; readonly leftOut: readonly Problem[] }> {
  const unused = (['file', 'set', 'policy'] as const).find((name) => options[name] !== undefined);
  if (unused) throw new AnonError('usage', `--${unused} and --from can't be combined.`);
  if (source === undefined) {
    throw new AnonError('usage', `--from ${tool} needs a file.`, {
      hint: `Example: anon-cli config convert --from ${tool} ${tool === 'terraform' ? 'plan.json' : 'tenant.yaml'}`,
    });
  }
  const objects = await readOtherFiles(context, tool, source);
  const { configOfOther } = await import('../../../domain/config/convert/to-config.ts');
  const file = options.output === undefined ? undefined : await outputFile(context, options.output, undefined);
  const naming = { schema: schemaPath(file), file: file ?? 'stdout', tool };
  const { text, problems, leftOut, notes } = await configOfOther(objects, naming);
  if (text === undefined) throw new DocumentError(problems);
  for (const note of notes) context.warn(note);
  return { text, leftOut };
}

const names = { terraform: 'guests.tf', 'deploy-cli': 'tenant.yaml' } as const;

async function outputFile(context: Context, output: string, tool: OtherTool | undefined): Promise<string> {
  const name = tool ? names[tool] : 'anon.yaml';
  const file = (await context.namesInFolder(output)) ? join(output, name) : output;
  const endings = tool === 'terraform' ? ['.tf'] : ['.yaml', '.yml'];
  if (endings.some((ending) => file.toLowerCase().endsWith(ending))) return file;
  throw new AnonError('usage', `'${file}' must end with ${endings.join(' or ')}, or be a folder.`, {
    hint: `Example: anon-cli config convert --output ${name}`,
  });
}

function nextStep(tool: OtherTool | undefined): string {
  if (tool === undefined) return 'anon-cli config plan, with --file, which shows what would change';
  return 'read the comments at its top';
}

/** Reads the files of another tool; `-` is stdin. @throws {AnonError} `usage` for a file that cannot be read */
async function readOtherFiles(context: Context, tool: OtherTool, path: string): Promise<OtherObjects> {
  if (tool === 'terraform') {
    const { terraformObjects } = await import('../../../domain/config/convert/from-terraform.ts');
    return terraformObjects(await textOf(context, path));
  }
  const { deployCliFolders, deployCliObjects } = await import('../../../domain/config/convert/deploy-cli.ts');
  const names = await context.namesInFolder(path);
  if (!names) return deployCliObjects([{ ...(await textOf(context, path)), part: 'all' }]);
  const whole = names.find((name) => /^tenant\.ya?ml$/.test(name));
  if (whole !== undefined) return deployCliObjects([{ ...(await textOf(context, join(path, whole))), part: 'all' }]);
  // The directory format: one file for each object.
  const texts: DeployCliText[] = [];
  if (names.includes('tenant.json'))
    texts.push({ ...(await textOf(context, join(path, 'tenant.json'))), part: 'tenant' });
  for (const [folder, part] of Object.entries(deployCliFolders)) {
    const files = (await context.namesInFolder(join(path, folder))) ?? [];
    for (const file of files.filter((name) => name.endsWith('.json'))) {
      texts.push({ ...(await textOf(context, join(path, folder, file))), part });
    }
  }
  if (texts.length > 0) return deployCliObjects(texts);
  throw new AnonError('usage', `${path} has no files of auth0-deploy-cli.`, {
    hint: 'It has a tenant.yaml, or a tenant.json with the folders clients, resource-servers and grants.',
  });
}

async function textOf({ terminal, readFile }: Context, path: string): Promise<{ name: string; text: string }> {
  return path === '-'
    ? { name: 'stdin', text: await terminal.readStdin() }
    : { name: path, text: await readFile(path) };
}
