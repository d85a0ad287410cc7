import { commandTree, renderHelp } from './tree.ts';

// The build replaces this file by one that has the finished texts.

/** The help of the command or noun at `path`; undefined for any other path. */
export async function helpText(path: string): Promise<string | undefined> {
  const tree = await commandTree();
  return tree.has(path) ? renderHelp(tree, path) : undefined;
}

/** All help texts, by path. @public for the build */
export async function helpTexts(): Promise<Record<string, string>> {
  const tree = await commandTree();
  return Object.fromEntries([...tree.keys()].map((path) => [path, renderHelp(tree, path)]));
}
