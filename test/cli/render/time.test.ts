import { expect, it } from 'vitest';
import { relativeText } from '../../../src/cli/render/time.ts';
import { dateText } from '../../../src/domain/token/times.ts';

const [minute, hour, day, year] = [60, 3600, 86_400, 31_536_000];

it.each([
  [0, 'just now'],
  [0.9, 'just now'],
  [-4, 'just now'],
  [-5, '5 seconds ago'],
  [1, 'in 1 second'],
  [2, 'in 2 seconds'],
  [59, 'in 59 seconds'],
  [59.6, 'in 1 minute'],
  [minute, 'in 1 minute'],
  [89, 'in 1 minute'],
  [90, 'in 2 minutes'],
  [59 * minute, 'in 59 minutes'],
  [59 * minute + 40, 'in 1 hour'],
  [hour - 1, 'in 1 hour'],
  [hour, 'in 1 hour'],
  [23 * hour, 'in 23 hours'],
  [day - 1, 'in 1 day'],
  [day, 'in 1 day'],
  [30 * day - 1, 'in 30 days'],
  [30 * day, 'in 30 days'],
  [364 * day, 'in 364 days'],
  [year - hour, 'in 1 year'],
  [10 * year, 'in 10 years'],
  [-minute, '1 minute ago'],
  [-2 * minute, '2 minutes ago'],
  [-day, '1 day ago'],
  [-30 * day, '30 days ago'],
  [-15 * year, '15 years ago'],
])('%f seconds from now is "%s"', (seconds, text) => {
  expect(relativeText(seconds)).toBe(text);
});

it.each([
  ['2026-06-01T12:00:00.000Z', '2026-06-01 12:00:00 UTC'],
  ['2026-06-01T12:00:59.999Z', '2026-06-01 12:00:59 UTC'],
  ['2026-06-01T14:00:00+02:00', '2026-06-01 12:00:00 UTC'],
  ['+275760-09-13T00:00:00.000Z', '+275760-09-13 00:00:00 UTC'],
  ['-000001-01-01T00:00:00.000Z', '-000001-01-01 00:00:00 UTC'],
])('%s is written %s', (iso, text) => {
  expect(dateText(new Date(iso))).toBe(text);
});
