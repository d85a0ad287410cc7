/** The shells that are served, as they are called on the command line. */
export const shellNames = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type ShellName = (typeof shellNames)[number];

export function isShellName(text: string | undefined): text is ShellName {
  return (shellNames as readonly (string | undefined)[]).includes(text);
}
