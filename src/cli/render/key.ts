import { dateText } from '../../domain/token/times.ts';
import type { KeyReading } from '../../wire/tenant-keys.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { table } from './rows.ts';

export function renderKeys(paint: Paint, keys: readonly KeyReading[]): string {
  return table(
    paint,
    ['KEY', 'USE', 'STATE', 'CREATED', 'ENDS'],
    keys.map((key) => [
      printable(key.kid),
      key.use,
      key.state === 'current' ? paint.green('current') : 'previous',
      key.created_at === null ? 'with the tenant' : timeText(key.created_at),
      key.state === 'current' ? 'after a rotation' : endText(key),
    ]),
  );
}

/** What becomes of a previous key, after its name. */
export function keyEnd({ use, ends_at }: KeyReading): string {
  if (use === 'session') return 'opens its tokens until it is revoked';
  if (ends_at === null) return 'stays in the JWKS until it is revoked, because some of its tokens never end';
  return `stays in the JWKS until ${timeText(ends_at)}, when its last token has ended`;
}

function endText({ ends_at }: KeyReading): string {
  return ends_at === null ? 'when it is revoked' : timeText(ends_at);
}

function timeText(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? printable(text) : dateText(new Date(ms));
}
