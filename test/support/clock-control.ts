import { expect } from 'vitest';
import type { ClockReading } from '../../src/wire/tenant-clock.ts';
import type { Answer, Send } from './local.ts';

/** Whoever has it may use the control endpoints of a test tenant. */
export const controlToken = 'control-token';

/** POST /_anon/clock. */
export function postClock(send: Send, change: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${controlToken}` };
  return send('POST', '/_anon/clock', { json: change, headers });
}

/** The reading after a change that must succeed. */
export async function moveClock(send: Send, change: unknown): Promise<ClockReading> {
  const { status, body } = await postClock(send, change);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
