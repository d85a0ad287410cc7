import { basename } from 'node:path';
import { localProfileName } from '../../../../domain/profile/name.ts';
import { findSession } from '../../../../domain/session/find.ts';
import { AnonError, isAnonError } from '../../../../errors.ts';
import type { LocalActions } from '../../../../io/embedded/local-actions.ts';
import type { Action } from '../../../../local/actions/action.ts';
import { isJsonObject, type JsonObject } from '../../../../wire/schema.ts';
import type { GlobalOptions } from '../../../options/global.ts';
import { printResult } from '../../../output/output.ts';
import { attemptData, refusalOf, renderAttempt } from '../../../render/action.ts';
import type { Context } from '../../../world/context.ts';
import { defineCommand } from '../../define-command.ts';
import { savedSessions } from '../../session/saved-sessions.ts';
import { actionFile, findAction, localActions, parseTrigger, readSecrets, secretOption, triggers } from './manage.ts';

type Tried = Pick<Action, 'name' | 'trigger' | 'file' | 'secrets'>;

export const localActionTestCommand = defineCommand({
  description: 'run an Action once with a sample login, and show what it did; nothing is saved',
  args: { '<action>': 'its name or id, or a file that was not added' },
  options: {
    '--trigger <name>': { description: 'of a file (default: post-login)', values: triggers },
    '--user <user>': 'log in this user of the local tenant, by e-mail address or id (default: a sample user)',
    '--session <session>': 'the saved guest session that comes along',
    '--event <file>': { description: 'JSON whose members replace those of the sample event', values: { file: true } },
    '--secret <name>': secretOption,
  },
  calls: 'nothing',
  examples: ['local action test post-login', 'local action test ~/post-login.js --trigger post-login'],
  notes: 'Exits with 0 when the login would go on, and with 1 when the Action failed or denied it.',
  more: 'docs/local-tenant.md',
  async run(context, { action: reference }, options) {
    const actions = await localActions(context, options);
    const { name, trigger, file, secrets } = await actionToTry(actions, reference, options.trigger);
    const given = await readSecrets(context, options.secret);
    const result = await actions.attempt({
      ...{ trigger, file, user: options.user, secrets: { ...secrets, ...given } },
      sessionToken: await sessionToken(context, options),
      event: options.event === undefined ? undefined : await readEvent(context, options.event),
    });
    if (result.kind === 'unknown_user') {
      throw new AnonError('not_found', `The local tenant has no user '${options.user?.slice(0, 80)}'.`);
    }
    if (result.kind === 'no_guest') {
      throw new AnonError(
        'token_unacceptable',
        `Session '${options.session}' has expired, or belongs to another tenant.`,
        {
          hint: 'A login would ignore it. To start another: anon-cli token create',
        },
      );
    }
    const tried = { name, trigger, file, ...result };
    printResult(context, options, { data: attemptData(tried), human: (paint) => renderAttempt(paint, tried) });
    const refusal = refusalOf(tried);
    if (refusal !== undefined) throw new AnonError('failed', refusal);
  },
});

/** A saved Action, or otherwise a file: anything with a slash or an extension. */
async function actionToTry(actions: LocalActions, reference: string, trigger: string | undefined): Promise<Tried> {
  try {
    const found = await findAction(actions, reference);
    if (trigger === undefined || trigger === found.trigger) return found;
    throw new AnonError('usage', `Action '${found.name}' is for ${found.trigger}.`);
  } catch (error) {
    if (!isAnonError(error) || error.code !== 'not_found' || !/[./\\]/.test(reference)) throw error;
  }
  const file = actionFile(reference);
  const tried = { name: basename(file), trigger: parseTrigger(trigger ?? 'post-login'), file, secrets: {} };
  const problem = await actions.check(tried.trigger, file);
  if (problem !== undefined) throw new AnonError('usage', `${reference} is not an Action: ${problem}.`);
  return tried;
}

async function sessionToken(
  context: Context,
  options: GlobalOptions & { readonly session?: string | undefined },
): Promise<string | undefined> {
  if (options.session === undefined) return undefined;
  const { session } = await findSession(
    await savedSessions(context, { ...options, profile: localProfileName }),
    options.session,
  );
  return session.sessionToken;
}

/** @throws {AnonError} `usage` */
async function readEvent(context: Context, path: string): Promise<JsonObject> {
  const text = await context.readFile(path);
  try {
    const event: unknown = JSON.parse(text);
    if (isJsonObject(event)) return event;
  } catch {
    // The error of JSON.parse repeats a part of the file.
  }
  throw new AnonError('usage', `${path} is not a JSON object.`, {
    hint: 'Example: {"request": {"ip": "203.0.113.7"}}',
  });
}
