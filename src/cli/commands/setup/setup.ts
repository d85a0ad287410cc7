import { type DesiredSetUp, planSetUp, refreshDesired, type SetUp } from '../../../domain/gates/set-up.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { checkCreation } from '../../../domain/session/edition-limits.ts';
import { ensureSession } from '../../../domain/session/ensure.ts';
import { showTokens } from '../../../domain/session/received-tokens.ts';
import { type AnonError, GateClosedError, isAnonError, ResponseError, withHint } from '../../../errors.ts';
import { noteRefusal } from '../../input/questions.ts';
import { saveAs, tokenPorts } from '../../input/session-options.ts';
import { isForPeople } from '../../output/formats.ts';
import { printForPeople, printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import {
  type FirstSession,
  firstSessionData,
  renderFirstSession,
  renderSetUp,
  setUpData,
  setUpSteps,
} from '../../render/setup.ts';
import type { Access } from '../../tenant/access.ts';
import { saveDefaults } from '../../tenant/profile-defaults.ts';
import { accessToWrite, carryOut, renderWrites, writeData } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';
import { collectDesiredSetUp } from './desired-setup.ts';
import { beginDialog, type Dialog, noteAnswers } from './dialog.ts';
import { readSetupInput, setupOptions } from './options.ts';

export const setupCommand = defineCommand({
  description: 'open all four gates and create a first guest session; asks for missing options',
  options: setupOptions,
  calls: 'tenant',
  examples: [
    'setup --app web --api shop --scopes read:catalog --yes',
    'setup --app web --api shop --scopes read:catalog --dry-run',
  ],
  notes:
    'Setup can be run again: it does only what is missing, and reuses the saved session. On a terminal it shows the ' +
    'changes and asks before it sends them.',
  async run(context, _args, options) {
    const input = await readSetupInput(context, options);
    const access = await accessToWrite(context, options);
    await checkCreation(access.tenant, { metadata: input.metadata, userId: undefined });
    const dialog = await beginDialog(context, access, { options, input });
    let done = false;
    try {
      await setUp(dialog, () => {
        done = true;
      });
    } finally {
      noteAnswers(dialog, { done });
    }
  },
});

/** Calls `written` once all changes are made at the tenant. */
async function setUp(dialog: Dialog, written: () => void): Promise<void> {
  const { context, access, options } = dialog;
  const { plan, done } = await writeSetUp(dialog);
  written();
  const setUpNow = (paint: Paint) => renderOutcome(paint, dialog, plan, done);
  const data = { ...setUpData(done), ...writeData(options, plan) };
  if (options.dryRun) return printResult(context, options, { data, human: setUpNow });

  await saveDefaults(context, access.profile, done);
  const steps = (paint: Paint) => `\n${setUpSteps(paint, done, nextOf(dialog))}`;
  if (!options.session) {
    return printResult(context, options, { data, human: (paint) => setUpNow(paint) + steps(paint) });
  }
  // Shown before the session is requested: the changes stay even if the session is refused.
  if (isForPeople(options)) printForPeople(context.terminal, (paint) => `${setUpNow(paint)}\n`);
  const show = (first: FirstSession) =>
    printResult(context, options, {
      data: { ...data, ...firstSessionData(first) },
      human: (paint) => renderFirstSession(paint, first) + steps(paint),
    });
  try {
    await showSession(dialog, done, { changed: plan.writes.length > 0 }, show);
  } catch (error) {
    throw isAnonError(error) && error.code !== 'interrupted' ? afterSetUp(error, plan, access) : error;
  }
}

/** Ensures that there is a session, and shows it. `changed`: scopes have just changed. */
async function showSession(
  { context, access, input, options: { strict } }: Dialog,
  { app, api }: SetUp,
  { changed }: { changed: boolean },
  show: (first: FirstSession) => void,
): Promise<void> {
  const { metadata, clientSecret } = input;
  const as = await saveAs(context, access.profile, { save: true });
  const needed = { app, api, metadata, clientSecret, changed };
  const ensured = await ensureSession(tokenPorts(context, access.tenant), access, needed, as);
  await showTokens(context, { tenant: access.tenant, strict }, ensured, (inspected) => {
    const { name, origin, replaced } = ensured;
    if (replaced) {
      const guest = printable(replaced.guestId ?? 'unknown');
      context.warn(`Replaced session '${name}' of guest ${guest} with one of a new guest.`);
    }
    show({ inspected, name, origin });
  });
}

/** Sends the changes. Asks again if the tenant refuses something that the user wants to create, such as its name. */
async function writeSetUp(dialog: Dialog): Promise<{ plan: Plan<SetUp>; done: SetUp }> {
  const { context, access, options, user, answers } = dialog;
  for (;;) {
    let desired: DesiredSetUp | undefined;
    const look = async () => {
      // The questions are asked once. Later rounds read the application and API again.
      desired = desired ? await refreshDesired(access.tenant, desired) : await collectDesiredSetUp(dialog);
      return { plan: await planSetUp(access.tenant, desired) };
    };
    try {
      const { outcome, found } = await carryOut(context, options, access, look, { always: true });
      return { plan: found.plan, done: outcome };
    } catch (error) {
      const asked = answers.createApp !== undefined || answers.createApi !== undefined;
      if (!user || !asked || !(error instanceof ResponseError) || ![400, 409].includes(error.status)) throw error;
      await noteRefusal(context.terminal, error);
    }
  }
}

/** After a change, a closed gate needs no command: the tenant may need some seconds to apply it. */
function afterSetUp(error: AnonError, { writes }: Plan<SetUp>, { tenant }: Access): AnonError {
  const retry = `anon-cli token create${tenant.selection}`;
  const byGate = error.code === 'gate_closed' && !(error instanceof GateClosedError && error.command === undefined);
  if (byGate && writes.length > 0) {
    return withHint(
      error,
      `All settings are saved; the tenant may need some seconds to apply them. Try again: ${retry}`,
    );
  }
  return withHint(
    error,
    error.hint
      ? `The settings are saved; run '${retry}' for a session. ${error.hint}`
      : `The settings are saved. For a session: ${retry}`,
  );
}

function renderOutcome(paint: Paint, { access, options, user }: Dialog, plan: Plan<SetUp>, done: SetUp): string {
  const outcome = renderSetUp(paint, done);
  // The user has just seen and confirmed the changes.
  const seen = user && !options.dryRun && plan.writes.length > 0;
  return seen ? outcome : renderWrites(paint, options, access, plan, outcome);
}

function nextOf({ access, edition, options }: Dialog) {
  return {
    selection: access.tenant.selection,
    updatesMetadata: edition.updatesMetadata,
    session: options.session,
  };
}
