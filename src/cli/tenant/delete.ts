import type { Plan } from '../../domain/plan/plan.ts';
import { AnonError } from '../../errors.ts';
import { paintFor } from '../render/paint.ts';
import { renderChanges } from '../render/plan.ts';
import type { Context } from '../world/context.ts';
import type { Access } from './access.ts';
import { type Asking, tenantHost } from './write.ts';

/** Before anything is deleted a person sees what goes, and is asked; `--yes` answers. */
export function askToDelete({ terminal, confirm }: Context, access: Access): Asking {
  return {
    always: true,
    async ask({ writes }: Plan<unknown>) {
      const paint = paintFor(terminal.noteColour && terminal.palette);
      terminal.note(`This cannot be undone:\n${renderChanges(paint, tenantHost(access), writes)}`);
      if (await confirm(`Delete it at ${tenantHost(access)}?`)) return;
      throw new AnonError('failed', 'The deletion was declined; nothing was sent.');
    },
  };
}
