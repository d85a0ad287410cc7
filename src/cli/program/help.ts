import { commandTree, renderHelp } from './tree.ts';

// The build replaces this file by one that has the finished texts.

/** The help of the command or noun at `path`. */
export async function helpText(path: string): Promise<string> {
  return renderHelp(await commandTree(), path);
}

/** All help texts, by path. @public for the build */
export async function helpTexts(): Promise<Record<string, string>> {
  const tree = await commandTree();
  return Object.fromEntries([...tree.keys()].map((path) => [path, renderHelp(tree, path)]));
}
