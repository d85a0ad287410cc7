import { commandTree, renderHelp } from './tree.ts';

// The build ships a file with these functions and all texts written down in place of this one.

/** The help of the command or noun at `path`. */
export async function helpText(path: string): Promise<string> {
  return renderHelp(await commandTree(), path);
}

/** The help of everything, by path. @public for the build */
export async function helpTexts(): Promise<Record<string, string>> {
  const tree = await commandTree();
  return Object.fromEntries([...tree.keys()].map((path) => [path, renderHelp(tree, path)]));
}
