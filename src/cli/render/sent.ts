import type { SentRequest } from '../../domain/exchange/management.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';

/** What went over the wire, for who would rather call the Management API themselves. */
export function sentText(paint: Paint, { method, path, body }: SentRequest): string {
  return paint.dim(`  sent  ${method} ${printable(path)} ${printable(JSON.stringify(body))}\n`);
}

export function sentData({ method, path, body }: SentRequest): JsonObject {
  return { method, path, body };
}
