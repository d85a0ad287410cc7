import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { clockNote } from '../render/clock-note.ts';

/** Says by whose clock a result is, where that is not this machine's. */
export function sayClock(
  { aside }: { aside(message: string): void },
  { movedClock }: Pick<TenantConnection, 'movedClock'>,
): void {
  const reading = movedClock?.();
  if (reading) aside(clockNote(reading));
}
