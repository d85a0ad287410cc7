import { resolve } from 'node:path';
import { findByReference } from '../../../../domain/find-by-reference.ts';
import { AnonError } from '../../../../errors.ts';
import type { LocalActions } from '../../../../io/embedded/local-actions.ts';
import type { Action } from '../../../../local/actions/action.ts';
import type { ActionTrigger } from '../../../../local/actions/runner.ts';
import { readSecret } from '../../../input/secret.ts';
import type { GlobalOptions } from '../../../options/global.ts';
import { refuseOtherTenants } from '../../../tenant/local-access.ts';
import type { Context } from '../../../world/context.ts';

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
    const secret = await readSecret(context, { flag: `--secret ${name}`, value, variable: name });
    if (secret === undefined) {
      throw new AnonError('usage', `The environment has no variable ${name} for --secret ${name}.`, {
        hint: `Set it, or use --secret ${name}=@<file> or --secret ${name}=-`,
      });
    }
    secrets[name] = secret;
  }
  return secrets;
}
