type Runner = (args: readonly string[]) => string | Promise<string>;

export const expectedPath: string;
export function predictable(run: { readonly command: Runner; readonly program: Runner }): Promise<unknown>;
export function expected(): unknown;
