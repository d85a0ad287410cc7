import { Command } from 'commander';
import { type DesiredSetUp, planSetUp, refreshDesired, type SetUp } from '../../../domain/gates/set-up.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { checkCreation } from '../../../domain/session/edition-limits.ts';
import { type AnonError, GateClosedError, isAnonError, ResponseError, withHint } from '../../../errors.ts';
import { clientTypes } from '../../../wire/client.ts';
import { noteRefusal } from '../../input/questions.ts';
import { withExample } from '../../options/example.ts';
import { collect } from '../../options/global.ts';
import { isForPeople } from '../../output/formats.ts';
import { printForPeople, printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import type { Access } from '../../tenant/access.ts';
import { saveDefaults } from '../../tenant/profile-defaults.ts';
import { accessToWrite, addWriteOptions, carryOut, renderWrites, writeData } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { strictText } from '../token/options.ts';
import { collectDesiredSetUp } from './desired-setup.ts';
import { beginDialog, type Dialog, tellAnswers } from './dialog.ts';
import { type FirstSession, firstSession } from './first-session.ts';
import { readSetupInput, type SetupOptions } from './options.ts';
import { firstSessionData, renderFirstSession, renderSetUp, setUpData, setUpSteps } from './report.ts';

export function setupCommand(context: Context, run = setUp): Command {
  const command = addWriteOptions(
    new Command('setup')
      .description('open all four gates, and create a first guest session; asks for what no option says')
      .option('--app <app>', 'the application that guests come with: name or client id')
      .option('--create-app <name>', 'make it, unless there is one of that name')
      .option('--type <type>', `the type of a new application: ${clientTypes.join(', ')}`)
      .option('--api <api>', 'the API that guests call: name, audience or id')
      .option('--create-api <name>', 'make it, unless there is one of that audience')
      .option('--audience <uri>', 'the identifier of a new API; it cannot change later')
      .option('--scopes <list>', 'the scopes guests get, joined by commas; a new API defines them')
      .option('--lifetime <duration>', 'how long sessions live: 30d, 12h, 3600; left out: as it is')
      .option('--token-format <format>', 'the format of session tokens, jwe or jwt; left out: as it is')
      .option('--oidc-conformant', 'make the application OIDC-conformant too, which edition ea asks for')
      .option('--meta <key=value>', 'metadata of the first session, repeatable', collect)
      .option('--client-secret <->', "'-' reads the application's secret from stdin, '@<file>' from a file")
      .option('--no-session', 'set up only, and create no session')
      .option('--strict', strictText),
  ).action((options: SetupOptions) => run(context, options));
  return withExample(
    command,
    'setup --app web --api shop --scopes read:catalog --yes',
    'What is set up already stays, the saved session too: run it again, and it does\nwhat is left.',
  );
}

async function setUp(context: Context, options: SetupOptions): Promise<void> {
  const input = await readSetupInput(context, options);
  const access = await accessToWrite(context, options);
  await checkCreation(access.tenant, { metadata: input.metadata, userId: undefined });
  const dialog = await beginDialog(context, access, { options, input });
  let done = false;
  try {
    await setUpAsWished(dialog, () => {
      done = true;
    });
  } finally {
    tellAnswers(dialog, { done });
  }
}

/** Calls `written` once what was wished for is at the tenant. */
async function setUpAsWished(dialog: Dialog, written: () => void): Promise<void> {
  const { context, access, options } = dialog;
  const { plan, done } = await writtenWish(dialog);
  written();
  const setUpNow = (paint: Paint) => renderOutcome(paint, dialog, plan, done);
  const data = { ...setUpData(done), ...writeData(options, plan) };
  if (options.dryRun) return printResult(context, options, { data, human: setUpNow });

  await saveDefaults(context, access.profile, done);
  const steps = (paint: Paint) => `\n${setUpSteps(paint, done, nextOf(dialog))}`;
  if (!options.session) {
    return printResult(context, options, { data, human: (paint) => setUpNow(paint) + steps(paint) });
  }
  // What was written is told before the session is asked for: it stays when the session is refused.
  if (isForPeople(options)) printForPeople(context.terminal, (paint) => `${setUpNow(paint)}\n`);
  const show = (first: FirstSession) =>
    printResult(context, options, {
      data: { ...data, ...firstSessionData(first) },
      human: (paint) => renderFirstSession(paint, first) + steps(paint),
    });
  try {
    await firstSession(dialog, done, { changed: plan.writes.length > 0 }, show);
  } catch (error) {
    throw isAnonError(error) && error.code !== 'interrupted' ? afterSetUp(error, plan, access) : error;
  }
}

/** Where the tenant refuses what a person wants made, such as its name, that is asked for again. */
async function writtenWish(dialog: Dialog): Promise<{ plan: Plan<SetUp>; done: SetUp }> {
  const { context, access, options, person, answers } = dialog;
  for (;;) {
    let wish: DesiredSetUp | undefined;
    const look = async () => {
      // A person is asked once; after the answer, what is there is looked at again.
      wish = wish ? await refreshDesired(access.tenant, wish) : await collectDesiredSetUp(dialog);
      return { plan: await planSetUp(access.tenant, wish) };
    };
    try {
      const { outcome, found } = await carryOut(context, options, access, look, { always: true });
      return { plan: found.plan, done: outcome };
    } catch (error) {
      const asked = answers.createApp !== undefined || answers.createApi !== undefined;
      if (!person || !asked || !(error instanceof ResponseError) || ![400, 409].includes(error.status)) throw error;
      await noteRefusal(context.terminal, error);
    }
  }
}

/** A gate that was opened a moment ago is not to be opened again: a tenant may take its time. */
function afterSetUp(error: AnonError, { writes }: Plan<SetUp>, { tenant }: Access): AnonError {
  const retry = `anon-cli token create${tenant.selection}`;
  const byGate = error.code === 'gate_closed' && !(error instanceof GateClosedError && error.command === undefined);
  if (byGate && writes.length > 0) {
    return withHint(error, `The set-up is written; a tenant may take some seconds to act on it. Try again: ${retry}`);
  }
  return withHint(error, `${error.hint ? `${error.hint} ` : ''}The set-up itself is done; for a session: ${retry}`);
}

function renderOutcome(paint: Paint, { access, options, person }: Dialog, plan: Plan<SetUp>, done: SetUp): string {
  const outcome = renderSetUp(paint, done);
  // A person has just seen what changes, and agreed to it.
  const seen = person && !options.dryRun && plan.writes.length > 0;
  return seen ? outcome : renderWrites(paint, options, access, plan, outcome);
}

function nextOf({ access, edition, options }: Dialog) {
  return {
    selection: access.tenant.selection,
    updatesMetadata: edition.updatesMetadata,
    session: options.session,
  };
}
