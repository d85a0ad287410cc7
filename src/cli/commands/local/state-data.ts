import type { LocalControl } from '../../../io/embedded/control.ts';

/** Where the state is, in `--json`. */
export type StateData =
  | { readonly state: string; readonly database: null }
  | { readonly state: null; readonly database: string };

export function stateData({ state }: Pick<LocalControl, 'state'>): StateData {
  return 'file' in state ? { state: state.file, database: null } : { state: null, database: state.displayed };
}
