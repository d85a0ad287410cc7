import { AnonError } from '../../../errors.ts';
import { type ClockChange, clockYears, parseInstant, parseSpan } from '../../../wire/tenant-clock.ts';
import { printResult } from '../../output/output.ts';
import { renderClock } from '../../render/clock.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import { defineCommand } from '../define-command.ts';

export const localClockCommand = defineCommand({
  description: "show or move the local tenant's clock, which everything it signs and judges follows",
  args: {
    '[change]': { description: '+31d or -2h, or set, freeze, run, reset', values: ['set', 'freeze', 'run', 'reset'] },
    '[time]': 'for set and freeze: 2027-01-01, or 2027-01-01T00:00Z',
  },
  signed: true,
  calls: 'nothing',
  examples: ['local clock', 'local clock +31d', 'local clock set 2027-01-01T00:00Z', 'local clock reset'],
  notes: `The clock is part of the tenant's state: a running anon-cli local start has the new time from the next request on, and \
commands judge by it. freeze stops it, run lets it go on from there, and reset makes it the machine's again. Certificates follow the \
machine. Units: s, m, h, d, y (365 days).`,
  more: 'docs/local-tenant.md',
  async run(context, { change: word, time }, options) {
    const change = readChange(word, time);
    await refuseOtherTenants(context, options);
    const local = await context.local();
    const edition = requestedEdition(context, options);
    const reading = change ? await local.changeClock(change, edition) : await local.clock(edition);
    if (!reading) throw new AnonError('usage', `The local tenant's clock must stay in ${clockYears}.`);
    printResult(context, options, { data: { ...reading }, human: (paint) => renderClock(paint, reading) });
  },
});

/** Undefined where nothing is changed. @throws {AnonError} `usage` */
function readChange(word: string | undefined, time: string | undefined): ClockChange | undefined {
  if (word === 'set' || word === 'freeze') return changeTo(word, time);
  if (time !== undefined) {
    throw new AnonError('usage', `'${time.slice(0, 40)}' is one argument too many.`, { hint: examples });
  }
  if (word === undefined) return undefined;
  if (word === 'run' || word === 'reset') return { kind: word };
  const seconds = /^[+-]/.test(word) ? parseSpan(word) : undefined;
  if (seconds !== undefined) return { kind: 'advance', seconds };
  const spanHint = 'Give a whole number and one unit, s, m, h, d or y: anon-cli local clock +31d';
  const other = /^[+-]?\d/.test(word) ? spanHint : examples;
  const hint = parseSpan(word) === undefined ? other : `Give a sign: anon-cli local clock +${word}`;
  throw new AnonError('usage', `'${word.slice(0, 40)}' is not a change of the clock.`, { hint });
}

const examples = 'Examples: anon-cli local clock +31d, -2h, set 2027-01-01T00:00Z, freeze, run, reset';

function changeTo(kind: 'set' | 'freeze', time: string | undefined): ClockChange {
  if (time === undefined && kind === 'freeze') return { kind, atMs: undefined };
  const atMs = parseInstant(time ?? '');
  if (atMs !== undefined) return { kind, atMs };
  const problem = time === undefined ? 'set needs a time.' : `'${time.slice(0, 40)}' is not a time.`;
  throw new AnonError('usage', problem, {
    hint: 'Give a date, or a date with a time and its zone: 2027-01-01T00:00Z',
  });
}
