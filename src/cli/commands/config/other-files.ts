import { join } from 'node:path';
import {
  type DeployCliText,
  deployCliFolders,
  deployCliObjects,
} from '../../../domain/config/convert/from-deploy-cli.ts';
import { terraformObjects } from '../../../domain/config/convert/from-terraform.ts';
import type { OtherObjects } from '../../../domain/config/convert/other-file.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../world/context.ts';
import type { OtherTool } from './other-tools.ts';

/** Reads the files of another tool; `-` is stdin. @throws {AnonError} `usage` for a file that cannot be read */
export async function readOtherFiles(context: Context, tool: OtherTool, path: string): Promise<OtherObjects> {
  if (tool === 'terraform') return terraformObjects(await textOf(context, path));
  const names = await context.namesInFolder(path);
  if (!names) return deployCliObjects([{ ...(await textOf(context, path)), part: 'all' }]);
  const whole = names.find((name) => /^tenant\.ya?ml$/.test(name));
  if (whole !== undefined) return deployCliObjects([{ ...(await textOf(context, join(path, whole))), part: 'all' }]);
  const texts = await textsInFolder(context, path, names);
  if (texts.length > 0) return deployCliObjects(texts);
  throw new AnonError('usage', `${path} has no files of auth0-deploy-cli.`, {
    hint: 'It has a tenant.yaml, or a tenant.json with the folders clients, resource-servers and grants.',
  });
}

/** The directory format: one file for each object. */
async function textsInFolder(context: Context, path: string, names: readonly string[]): Promise<DeployCliText[]> {
  const texts: DeployCliText[] = [];
  if (names.includes('tenant.json'))
    texts.push({ ...(await textOf(context, join(path, 'tenant.json'))), part: 'tenant' });
  for (const [folder, part] of Object.entries(deployCliFolders)) {
    const files = (await context.namesInFolder(join(path, folder))) ?? [];
    for (const file of files.filter((name) => name.endsWith('.json'))) {
      texts.push({ ...(await textOf(context, join(path, folder, file))), part });
    }
  }
  return texts;
}

async function textOf({ terminal, readFile }: Context, path: string): Promise<{ name: string; text: string }> {
  return path === '-'
    ? { name: 'stdin', text: await terminal.readStdin() }
    : { name: path, text: await readFile(path) };
}
