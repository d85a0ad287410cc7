import { dirname, isAbsolute, relative } from 'node:path';
import { installedSchema } from '../../../domain/config/template.ts';

/**
 * The path to the JSON Schema from the folder of a file: the package is installed in the folder where the command runs, or in
 * the file's, if that is elsewhere.
 */
export function schemaPath(file: string | undefined): string {
  const folder = file === undefined ? '' : relative('.', dirname(file));
  const isElsewhere = folder.startsWith('..') || isAbsolute(folder);
  const path = isElsewhere ? installedSchema : relative(folder, installedSchema).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}
