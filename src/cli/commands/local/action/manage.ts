import { basename, resolve } from 'node:path';
import { findByReference } from '../../../../domain/find-by-reference.ts';
import { shellWord } from '../../../../domain/shell-word.ts';
import { AnonError } from '../../../../errors.ts';
import type { LocalActions } from '../../../../io/embedded/local-actions.ts';
import type { Action } from '../../../../local/actions/action.ts';
import type { ActionTrigger } from '../../../../local/actions/runner.ts';
import { readSecret } from '../../../input/secret.ts';
import type { GlobalOptions } from '../../../options/global.ts';
import { printResult } from '../../../output/output.ts';
import { actionData, renderAction, renderActions } from '../../../render/action.ts';
import { printable } from '../../../render/printable.ts';
import { refuseOtherTenants } from '../../../tenant/local-access.ts';
import type { Context } from '../../../world/context.ts';
import { defineCommand } from '../../define-command.ts';

/** The triggers, in the order of a sign-up. */
export const triggers = ['pre-user-registration', 'post-login'] as const satisfies readonly ActionTrigger[];

export const secretOption = {
  description:
    "a value of event.secrets, repeatable: NAME=- for stdin, NAME=@file, or NAME alone for the environment's",
  repeatable: true,
} as const;

/** The Actions of the local tenant. @throws {AnonError} `edition_unsupported` where `--profile` names another */
export async function localActions(context: Context, options: GlobalOptions): Promise<LocalActions> {
  await refuseOtherTenants(context, options);
  return (await context.local()).actions;
}

/** The Action with this name or id. @throws {AnonError} `not_found`, `ambiguous` */
export async function findAction(actions: LocalActions, reference: string): Promise<Action> {
  return findByReference(await actions.list(), reference, ({ name, id }) => ({ name, ids: [id] }), {
    noun: 'Action',
    listCommand: 'anon-cli local action list',
  });
}

/** @throws {AnonError} `usage` */
export function parseTrigger(text: string): ActionTrigger {
  const trigger = triggers.find((one) => one === text);
  if (trigger) return trigger;
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a trigger.`, {
    hint: `Triggers: ${triggers.join(', ')}`,
  });
}

/** The absolute path of an Action's file. */
export function actionFile(path: string): string {
  return resolve(path);
}

/** The values of `--secret`, which never stand on the command line. @throws {AnonError} `usage` */
export async function readSecrets(context: Context, given: readonly string[] = []): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const text of given) {
    const [, name, value] = /^([A-Za-z_]\w{0,127})(?:=(.*))?$/s.exec(text) ?? [];
    if (name === undefined || name === '__proto__') {
      throw new AnonError('usage', "--secret needs a name of letters, digits and '_'.", {
        hint: 'Examples: --secret API_KEY=@key.txt, --secret API_KEY=-, or --secret API_KEY with that variable set',
      });
    }
    // It may be a key in PEM.
    const manyLines = true;
    const secret = await readSecret(context, { flag: `--secret ${name}`, value, variable: name, manyLines });
    if (secret === undefined) {
      throw new AnonError('usage', `The environment has no variable ${name} for --secret ${name}.`, {
        hint: `Set it, or use --secret ${name}=@<file> or --secret ${name}=-`,
      });
    }
    secrets[name] = secret;
  }
  return secrets;
}

const none = 'The local tenant has no Actions.';
const howToAdd = 'Next: anon-cli local action add post-login <file>';

const runs: Readonly<Record<Action['trigger'], string>> = {
  'post-login': 'after each login',
  'pre-user-registration': 'before each sign-up',
};

export const localActionAddCommand = defineCommand({
  description: 'run a file as an Action in every login at the local tenant',
  args: {
    '<trigger>': { description: triggers.join(' or '), values: triggers },
    '<file>': { description: 'JavaScript that exports onExecutePostLogin or its twin', values: { file: true } },
  },
  options: {
    '--name <name>': "the Action's name (default: that of the file, without its extension)",
    '--secret <name>': secretOption,
  },
  calls: 'nothing',
  examples: ['local action add post-login ~/post-login.js'],
  notes:
    'The file stays where it is, and each login runs it as it is then. Actions of a trigger run in the order in which they were ' +
    'added. require finds the npm packages of its folder.',
  more: 'docs/local-tenant.md',
  async run(context, { trigger: text, file: path }, options) {
    const [trigger, file] = [parseTrigger(text), actionFile(path)];
    const actions = await localActions(context, options);
    const problem = await actions.check(trigger, file);
    if (problem !== undefined) throw new AnonError('usage', `${path} is not an Action: ${problem}.`);
    if (options.name?.trim() === '') {
      throw new AnonError('usage', 'The name is empty.', { hint: 'Leave --name out for that of the file.' });
    }
    const name = options.name ?? basename(file).replace(/\.[^.]+$/, '');
    const added = await actions.add({ name, trigger, file, secrets: await readSecrets(context, options.secret) });
    if (!added) {
      throw new AnonError('usage', `Action '${name}' already exists for ${trigger}.`, {
        hint: `Use another name: --name <name>. To replace it: anon-cli local action remove ${shellWord(name)}`,
      });
    }
    printResult(context, options, {
      data: actionData(added),
      human: (paint) =>
        `${paint.green('✔')} Added Action ${printable(name)}, which runs ${runs[trigger]}\n` +
        `${paint.dim(printable(`Next: anon-cli local action test ${shellWord(name)}`))}\n`,
    });
  },
});

export const localActionListCommand = defineCommand({
  description: 'list the Actions of the local tenant, in the order in which they run',
  calls: 'nothing',
  result: 'list',
  examples: ['local action list'],
  async run(context, _args, options) {
    const found = await (await localActions(context, options)).list();
    printResult(context, options, {
      data: found.map(actionData),
      human: (paint) => (found.length === 0 ? `${none}\n${paint.dim(howToAdd)}\n` : renderActions(paint, found)),
    });
  },
});

export const localActionShowCommand = defineCommand({
  description: 'show an Action of the local tenant, without the values of its secrets',
  args: { '<action>': 'its name or id' },
  calls: 'nothing',
  examples: ['local action show post-login'],
  async run(context, { action: reference }, options) {
    const found = await findAction(await localActions(context, options), reference);
    printResult(context, options, { data: actionData(found), human: (paint) => renderAction(paint, found) });
  },
});

export const localActionRemoveCommand = defineCommand({
  description: 'remove an Action from the local tenant; its file stays',
  args: { '<action>': 'its name or id' },
  calls: 'nothing',
  examples: ['local action remove post-login'],
  async run(context, { action: reference }, options) {
    const actions = await localActions(context, options);
    const { id, name, trigger } = await findAction(actions, reference);
    await actions.remove(id);
    printResult(context, options, {
      data: { id, name, removed: true },
      human: (paint) => `${paint.green('✔')} Removed Action ${printable(name)} from ${trigger}\n`,
    });
  },
});
