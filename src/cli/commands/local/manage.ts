import { localProfileName } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError } from '../../../errors.ts';
import type { LocalControl } from '../../../io/embedded/control.ts';
import { type ClockChange, clockYears, parseInstant, parseSpan } from '../../../wire/tenant-clock.ts';
import { predictableWarning, seedRandomOption } from '../../options/seed-random.ts';
import { printResult } from '../../output/output.ts';
import { renderClock } from '../../render/clock.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import { removeSavedData, warnOfOldVariables } from '../../tenant/local-profile.ts';
import type { Context } from '../../world/context.ts';
import { fileWord } from '../../world/local-state.ts';
import { isServedAddress } from '../../world/served-state.ts';
import { whyNobodyIsAsked } from '../../world/unattended.ts';
import { defineCommand } from '../define-command.ts';
import { stateData } from './state-data.ts';

export const localShowCommand = defineCommand({
  description: 'show where the local tenant is saved, and how to configure it over HTTP',
  options: { '--reveal-secrets': 'include the client secret in --json and --field' },
  calls: 'nothing',
  examples: ['local show'],
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    await refuseOtherTenants(context, options);
    const local = await context.local();
    const state = stateData(local);
    const { issuer, edition, clientId, clientSecret } = await local.describe(requestedEdition(context, options));
    printResult(context, options, {
      data: {
        issuer,
        edition,
        ...state,
        management_client_id: clientId,
        ...(options.revealSecrets && { management_client_secret: clientSecret }),
      },
      human: (paint) =>
        `${paint.bold('Local tenant')}\n` +
        rows(paint, [
          ['issuer', issuer],
          ['edition', edition],
          state.database === null ? ['state', printable(state.state)] : ['database', printable(state.database)],
          ['Management API client', clientId],
          ['client secret', 'anon-cli local show --reveal-secrets --field management_client_secret'],
        ]),
    });
  },
});

export const localResetCommand = defineCommand({
  description: 'reset the local tenant: new keys, one disabled application, one closed API',
  options: { '-y, --yes': "don't ask for confirmation", '--seed-random <n>': seedRandomOption },
  calls: 'nothing',
  examples: ['local reset --yes', 'local reset --yes --edition ea', 'local reset --yes --seed-random 42'],
  notes:
    'Without --edition, the new tenant has the same edition as the old one. A database is reset for everyone who uses it. ' +
    'With --seed-random, the keys and ids of the new tenant are the same in every run; so are its tokens, where the same commands follow ' +
    'and its clock stands still.',
  async run(context, _args, options) {
    await refuseOtherTenants(context, options);
    const edition = requestedEdition(context, options);
    const { terminal } = context;
    const local = await context.local();
    const { database } = stateData(local);
    const where = database === null ? '' : ` in ${printable(database)}`;
    if (!options.yes && !terminal.interactive) {
      throw new AnonError(
        'usage',
        `Resetting the local tenant${where} needs confirmation, and ${whyNobodyIsAsked(terminal)}.`,
        {
          hint: `Run: anon-cli local reset${options.edition === undefined ? '' : ` --edition ${options.edition}`}${options.seedRandom === undefined ? '' : ` --seed-random ${options.seedRandom}`} --yes`,
        },
      );
    }
    const everyone = where && ', for everyone who uses it';
    const question = `Delete the local tenant's applications, APIs, users and keys${where}${everyone}?`;
    if (!options.yes && !(await context.confirm(question))) {
      throw new AnonError('failed', 'The reset was declined; nothing was changed.');
    }
    const clientBefore = await servedClient(context, local);
    const newEdition = await local.reset(edition, options.seedRandom);
    // Its sessions and the defaults of its profile are useless now.
    await removeSavedData(context);
    // With the same seed, everything has the id and the keys that it had.
    if ((await servedClient(context, local)) !== clientBefore) warnOfOldVariables(context);
    if (options.seedRandom !== undefined) context.warn(predictableWarning);
    printResult(context, options, {
      data: { reset: true, ...stateData(local), edition: newEdition },
      human: (paint) =>
        `${paint.green('✔')} Reset the local tenant${where}, in edition ${newEdition}\n${paint.dim('Next: anon-cli quickstart\n')}`,
    });
  },
});

/** The Management API client of the tenant that `local exec` serves; undefined for any other tenant. */
async function servedClient({ env }: Context, local: LocalControl): Promise<string | undefined> {
  if (!isServedAddress(env.ANON_DATABASE_URL ?? '')) return undefined;
  return (await local.describe(undefined)).clientId;
}

export const localUseDatabaseCommand = defineCommand({
  description: 'keep the state of the local tenant in PostgreSQL, where several machines can share it',
  args: {
    '<url>': { description: `postgres://USER@HOST:PORT/DATABASE, or ${fileWord} for the file`, values: [fileWord] },
  },
  calls: 'nothing',
  examples: [`local use-database ${fileWord}`],
  notes: `Connects first, and creates a tenant if the database has none; nothing is copied into it. The password comes from \
PGPASSWORD or a password file (PGPASSFILE, by default ~/.pgpass), never from the address. ANON_DATABASE_URL takes \
precedence over the saved address.`,
  more: 'docs/shared-tenant.md',
  async run(context, { url }, options) {
    await refuseOtherTenants(context, options);
    refuseInsideExec(context);
    const local = await context.local({ text: url, from: 'argument' });
    const created = !(await local.exists());
    const { issuer, edition } = await local.describe(requestedEdition(context, options));
    const state = stateData(local);
    const changed = await save(context, state.database);
    const what = created ? 'a new tenant, just created' : 'an existing tenant';
    printResult(context, options, {
      data: { ...state, created, issuer, edition },
      human: (paint) =>
        `${changed || created ? `${paint.green('✔')} The local tenant now uses` : 'No changes: the local tenant already uses'} ${printable(state.database ?? state.state)}\n` +
        rows(paint, [
          ['found', what],
          ['issuer', issuer],
          ['edition', edition],
        ]) +
        paint.dim(`Next: anon-cli ${created ? 'quickstart' : 'app list'} --profile ${localProfileName}\n`),
    });
  },
});

/** The choice would stay on this machine, where the command about it is inside `local exec`, of which nothing stays. */
function refuseInsideExec({ env }: Context): void {
  if (!isServedAddress(env.ANON_DATABASE_URL ?? '')) return;
  throw new AnonError(
    'usage',
    'The local tenant in use is in the memory of another process, and has no place to choose.',
    {
      hint: 'To choose the place of the one that is saved on this machine: unset ANON_DATABASE_URL.',
    },
  );
}

/** Returns whether the place is another one. The default application and API belong to the tenant in the previous place. */
async function save(context: Context, database: string | null): Promise<boolean> {
  const saved = database ?? undefined;
  const profiles = await context.profiles();
  const changed = (await profiles.get(localProfileName))?.database !== saved;
  const moved = (before: Profile | undefined): Profile =>
    before?.database === saved ? (before ?? { name: localProfileName }) : { name: localProfileName, database: saved };
  await profiles.change(localProfileName, moved);
  if (context.env.ANON_DATABASE_URL) {
    context.warn('Commands use the database in ANON_DATABASE_URL. Unset it to use the saved one.');
  }
  return changed;
}

export const localClockCommand = defineCommand({
  description: "show or move the local tenant's clock, which everything it signs and judges follows",
  args: {
    '[change]': { description: '+31d or -2h, or set, freeze, run, reset', values: ['set', 'freeze', 'run', 'reset'] },
    '[time]': 'for set and freeze: 2027-01-01, or 2027-01-01T00:00Z',
  },
  dashed: /^-\d/,
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
