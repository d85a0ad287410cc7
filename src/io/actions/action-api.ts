import type { ActionCommand, ActionTrigger } from '../../local/actions/runner.ts';
import type { ActionCache } from './action-cache.ts';

/** Members that nobody means to call: JavaScript itself, promises, loggers and test tools ask for them. */
const probes =
  /^(then|catch|finally|toJSON|constructor|prototype|valueOf|toString|inspect|nodeType|\$\$typeof|asymmetricMatch|__.*)$/;

/**
 * `api`, as an Action of a trigger gets it. Calls are added to `commands`. A member that the local tenant does not imitate
 * throws when it is called.
 * @see https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers
 */
export function actionApi(trigger: ActionTrigger, commands: ActionCommand[], cache: ActionCache): object {
  const add = (command: ActionCommand) => {
    commands.push(command);
    return api;
  };
  const groups = trigger === 'post-login' ? postLogin(add) : preUserRegistration(add);
  const members = { ...userAndValidation(add), ...groups, cache };
  const api: object = limited(
    'api',
    Object.fromEntries(Object.entries(members).map(([name, group]) => [name, limited(`api.${name}`, { ...group })])),
  );
  return api;
}

type Add = (command: ActionCommand) => object;

function userAndValidation(add: Add) {
  return {
    user: {
      setAppMetadata: (name: unknown, value: unknown) =>
        add({ kind: 'app_metadata', name: String(name), value: json(value) }),
      setUserMetadata: (name: unknown, value: unknown) =>
        add({ kind: 'user_metadata', name: String(name), value: json(value) }),
    },
    validation: {
      error: (code: unknown, message: unknown) =>
        add({ kind: 'validation_error', code: String(code), message: String(message ?? '') }),
    },
  };
}

function postLogin(add: Add) {
  return {
    access: {
      // With one argument it is the reason. Assumed: with two, the first is an error code, as in a token exchange.
      deny: (...args: unknown[]) => {
        const [code, reason] = args.length > 1 ? args : ['access_denied', args[0]];
        return add({ kind: 'deny', code: String(code), reason: String(reason ?? '') });
      },
    },
    idToken: {
      setCustomClaim: (name: unknown, value: unknown) =>
        add({ kind: 'id_token_claim', name: String(name), value: json(value) }),
    },
    accessToken: {
      setCustomClaim: (name: unknown, value: unknown) =>
        add({ kind: 'access_token_claim', name: String(name), value: json(value) }),
      addScope: (scope: unknown) => add({ kind: 'add_scope', scope: String(scope) }),
      removeScope: (scope: unknown) => add({ kind: 'remove_scope', scope: String(scope) }),
    },
  };
}

function preUserRegistration(add: Add) {
  return {
    access: {
      // The first is for the tenant's log, the second for the user.
      deny: (reason: unknown, userMessage?: unknown) =>
        add({ kind: 'deny', code: String(reason ?? ''), reason: String(userMessage ?? '') }),
    },
  };
}

/** A copy: the Action may change the value afterwards. @throws {TypeError} for what JSON cannot express, as BigInt */
function json(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}

function limited(path: string, members: object): object {
  return new Proxy(members, {
    get: (target, name, receiver) =>
      Reflect.has(target, name) || isProbe(name)
        ? Reflect.get(target, name, receiver)
        : missing(`${path}.${String(name)}`),
  });
}

/** Throws when called, and so do all its members. */
function missing(path: string): object {
  const refuse = () => {
    throw new Error(`${path} is not imitated by the local tenant.`);
  };
  return new Proxy(refuse, {
    get: (target, name, receiver) =>
      isProbe(name) || Object.hasOwn(target, name)
        ? Reflect.get(target, name, receiver)
        : missing(`${path}.${String(name)}`),
  });
}

function isProbe(name: string | symbol): boolean {
  return typeof name === 'symbol' || probes.test(name);
}
