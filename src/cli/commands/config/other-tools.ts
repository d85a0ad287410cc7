import { AnonError } from '../../../errors.ts';

/** The tools whose files a configuration is converted to and from. */
export const otherTools = ['terraform', 'deploy-cli'] as const;
export type OtherTool = (typeof otherTools)[number];

/** @throws {AnonError} `usage` */
export function toolNamed(text: string): OtherTool {
  const tool = otherTools.find((one) => one === text);
  if (tool) return tool;
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a tool that configurations are converted for.`, {
    hint: `Choose ${otherTools.join(' or ')}.`,
  });
}
