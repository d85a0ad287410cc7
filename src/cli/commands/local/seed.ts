import { localProfileName } from '../../../domain/profile/name.ts';
import { forEdition, type TriedWorld } from '../../../domain/world/for-edition.ts';
import { savedTokens, saveGuests, type WrittenWorld } from '../../../domain/world/world.ts';
import { AnonError } from '../../../errors.ts';
import type { LocalControl } from '../../../io/embedded/control.ts';
import type { SeedResult } from '../../../io/embedded/local-worlds.ts';
import type { EditionName } from '../../../wire/edition/edition.ts';
import { requireConfirmation } from '../../input/confirmation.ts';
import { noSaveOption, savesSessions } from '../../input/session-options.ts';
import { editionFor, refuseProblems, worldIn, worldName } from '../../input/world.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { predictableWarning, seedRandomOption } from '../../options/seed-random.ts';
import { printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import { renderNewPasswords, renderWorldChanges } from '../../render/world.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import { localProfile, removeLostSessions, removeSavedData } from '../../tenant/local-profile.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { stateData } from './state-data.ts';

const seedOptions = {
  '--reset': 'start over first: a new tenant with the world, and nothing else',
  '--seed-random <n>': seedRandomOption,
  '--dry-run': 'show what would change, and change nothing',
  ...noSaveOption,
  '-y, --yes': "don't ask for confirmation",
} as const;

type SeedOptions = GlobalOptions & OptionValues<typeof seedOptions>;

export const localSeedCommand = defineCommand({
  description: 'put a world into the local tenant: applications, APIs, users, Actions and guests from a file',
  args: { '<world>': { description: "a YAML or JSON file; '-' for stdin", values: { file: true } } },
  options: seedOptions,
  calls: 'nothing',
  examples: ['local seed ~/world.yaml', 'local seed ~/world.yaml --reset --yes --seed-random 42'],
  notes: `The whole file is checked first, and is put into the tenant at once or not at all. The same file a second time changes \
nothing, and what it does not mention stays. Guests become saved sessions; with --no-save, --json has their tokens. --reset deletes everything else first, and asks \
before; --seed-random needs it.`,
  more: 'docs/local-tenant.md',
  async run(context, { world: file }, options) {
    await refuseOtherTenants(context, options);
    if (options.seedRandom !== undefined && !options.reset) {
      throw new AnonError('usage', '--seed-random is for a new tenant: it needs --reset.');
    }
    const written = await worldIn(context, file);
    const local = await context.local();
    const isNew = !(await local.exists());
    const edition = await editionOf(local, written, {
      isNew,
      reset: options.reset,
      asked: requestedEdition(context, options),
    });
    const tried = forEdition(written, edition);
    if (tried.known.length === 0) await confirmReset(context, local, options);
    const saves = savesSessions(context, options);
    const seeded = await seed(context, local, { written, tried, edition, isNew, saves }, options);
    if (options.seedRandom !== undefined && !options.dryRun) context.warn(predictableWarning);
    printSeeded(context, options, { seeded, local, name: worldName(file), saves });
  },
});

/** The edition of the tenant that gets the world. */
async function editionOf(
  local: LocalControl,
  written: WrittenWorld,
  { isNew, reset, asked }: { isNew: boolean; reset: true | undefined; asked: EditionName | undefined },
): Promise<EditionName> {
  const wanted = editionFor(written, asked);
  if (isNew) return wanted ?? 'preview';
  if (reset && wanted) return wanted;
  const { edition } = await local.describe(asked);
  if (wanted !== undefined && wanted !== edition) {
    const hint = 'To start over in the edition of the world: --reset';
    refuseProblems(written, [{ path: ['edition'], message: `The local tenant uses edition ${edition}.`, hint }]);
  }
  return edition;
}

async function confirmReset(context: Context, local: LocalControl, { reset, yes, dryRun }: SeedOptions): Promise<void> {
  if (!reset || yes || dryRun || !(await local.exists()) || (await local.isFresh())) return;
  const { database } = stateData(local);
  const where = database === null ? '' : ` in ${printable(database)}, for everyone who uses it`;
  await requireConfirmation(
    context,
    { yes },
    {
      fact: `A reset deletes all applications, APIs, users and keys of the local tenant${where}`,
      question: 'Reset?',
    },
  );
}

async function seed(
  context: Context,
  local: LocalControl,
  {
    written,
    tried,
    edition,
    isNew,
    saves,
  }: { written: WrittenWorld; tried: TriedWorld; edition: EditionName; isNew: boolean; saves: boolean },
  { reset, seedRandom, dryRun }: SeedOptions,
): Promise<SeedResult> {
  const { world, known } = tried;
  const sessions = async () => context.sessions(await localProfile(context));
  const saved = reset || !saves ? {} : await savedTokens(world, await sessions());
  const seeded = await local.seed({
    ...{ world, known, edition, isNew, saved, dryRun },
    reset: reset && { edition, seedRandom },
  });
  refuseProblems(written, seeded.problems);
  if (dryRun) return seeded;
  // The sessions and defaults of the tenant before are useless now.
  if (reset) await removeSavedData(context);
  else {
    await followClients(context, seeded.moved);
    const hasOtherKeys = seeded.changes.some(({ kind }) => kind === 'keys');
    if (hasOtherKeys && saves) await removeLostSessions(context, await local.export(undefined));
  }
  if (saves) await saveGuests(seeded.guests, await sessions());
  return seeded;
}

/** The profile's default application may have another client id now. */
async function followClients(context: Context, moved: SeedResult['moved']): Promise<void> {
  const { app } = await localProfile(context);
  const to = moved.find(({ from }) => from === app?.clientId)?.to;
  if (to === undefined) return;
  await (await context.profiles()).change(
    localProfileName,
    (before) => before && { ...before, app: before.app && { ...before.app, clientId: to } },
  );
}

function printSeeded(
  context: Context,
  options: SeedOptions,
  { seeded, local, name, saves }: { seeded: SeedResult; local: LocalControl; name: string; saves: boolean },
): void {
  const { changes, newPasswords, guests, edition } = seeded;
  const { dryRun = false, reset = false } = options;
  printResult(context, options, {
    data: {
      ...{ changes, edition, reset, dry_run: dryRun },
      new_passwords: dryRun ? [] : newPasswords,
      guests: guests.map(({ name: session, guestId, clientId, audience, sessionToken, accessToken }) => ({
        ...{ session, guest_id: guestId, client_id: clientId, audience },
        ...(!saves && { session_token: sessionToken, access_token: accessToken }),
      })),
      ...stateData(local),
    },
    human: (paint) => seededText(paint, seeded, { name, dryRun, saves }),
  });
}

function seededText(
  paint: Paint,
  seeded: SeedResult,
  { name, dryRun, saves }: { name: string; dryRun: boolean; saves: boolean },
): string {
  const { changes, newPasswords, guests } = seeded;
  if (changes.length === 0) return `No changes: the local tenant already has ${printable(name)}.\n`;
  if (dryRun) return `${renderWorldChanges(paint, changes)}Nothing was changed (--dry-run).\n`;
  const next = guests.length > 0 && saves ? 'anon-cli session list' : 'anon-cli status';
  return (
    `${paint.green('✔')} Put ${printable(name)} into the local tenant\n${renderWorldChanges(paint, changes)}` +
    `${renderNewPasswords(paint, newPasswords)}${paint.dim(`Next: ${next}\n`)}`
  );
}
