import { describe, expect, it } from 'vitest';
import { addAction, type NewAction } from '../../../src/local/actions/action.ts';
import type { LoginFacts } from '../../../src/local/actions/login-facts.ts';
import { runPostLogin, runPreUserRegistration } from '../../../src/local/actions/pipeline.ts';
import type { ActionCommand, ActionOutcome, ActionRun } from '../../../src/local/actions/runner.ts';
import type { RequestFacts } from '../../../src/local/http/served-request.ts';
import type { Moment, TenantScope } from '../../../src/local/scope.ts';
import { readMoment } from '../../../src/local/state/moment.ts';
import { sequenceOfBytes, testTenant } from '../../support/local.ts';
import { loginFacts } from '../../support/login-facts.ts';

type Answer = Partial<ActionOutcome> | ((run: ActionRun) => Partial<ActionOutcome>);

interface Pipeline {
  readonly runs: ActionRun[];
  readonly facts: RequestFacts;
  add(name: string, answer: Answer, members?: Partial<NewAction>): Promise<void>;
  login(facts?: Partial<LoginFacts>): ReturnType<typeof runPostLogin>;
  signUp(): ReturnType<typeof runPreUserRegistration>;
}

/** A tenant whose Actions do what a test says. */
async function pipeline(): Promise<Pipeline> {
  const { store } = await testTenant();
  const random = sequenceOfBytes('actions');
  const answers = new Map<string, Answer>();
  const [runs, facts]: [ActionRun[], RequestFacts] = [[], {}];
  const runAction = async (run: ActionRun): Promise<ActionOutcome> => {
    runs.push(run);
    const answer = answers.get(run.file) ?? {};
    return { commands: [], printed: [], failure: undefined, ...(typeof answer === 'function' ? answer(run) : answer) };
  };
  const scope: TenantScope = { store, random, runAction };
  const moment = { ...(await readMoment(store, { machineMs: 1_780_000_100_000, issuer: '' })), facts } as Moment;
  return {
    runs,
    facts,
    async add(name, answer, members) {
      answers.set(`/${name}.js`, answer);
      const action = { name, trigger: 'post-login', file: `/${name}.js`, secrets: {}, ...members } as const;
      await addAction(store, { random, nowMs: 0 }, action);
    },
    login: (members) => runPostLogin(scope, moment, loginFacts(members)),
    signUp: () => runPreUserRegistration(scope, moment, loginFacts({ session: undefined })),
  };
}

const doing = (...commands: ActionCommand[]): Answer => ({ commands });
const setting = (name: string, value: unknown): ActionCommand => ({ kind: 'app_metadata', name, value });

describe('the Actions of a login', () => {
  it('may be none', async () => {
    const { login, facts } = await pipeline();
    expect(await login()).toEqual({
      user: loginFacts().user,
      printed: [],
      outcome: { kind: 'ok' },
      claims: { idToken: {}, accessToken: {} },
      addedScopes: [],
      removedScopes: [],
    });
    expect(facts).toEqual({});
  });

  it('run in their order, each with its secrets and the metadata of those before it', async () => {
    const { add, login, runs } = await pipeline();
    await add('first', doing(setting('cart', [1]), setting('plan', null)), { secrets: { KEY: 'a' } });
    await add('second', doing({ kind: 'user_metadata', name: 'language', value: 'de' }));
    const { user } = await login();
    expect(runs).toMatchObject([
      {
        trigger: 'post-login',
        file: '/first.js',
        event: { secrets: { KEY: 'a' }, user: { app_metadata: { plan: 'free' } } },
      },
      { file: '/second.js', event: { secrets: {}, user: { app_metadata: { cart: [1] } } } },
    ]);
    expect(runs[1]?.event.user).not.toHaveProperty('app_metadata.plan');
    expect(user).toMatchObject({
      app_metadata: { cart: [1] },
      user_metadata: { language: 'de' },
      email: 'jane@example.com',
    });
    expect(user.password_hash).toBe('do-not-repeat-me');
  });

  it('set claims, the last one wins, and reserved names are ignored', async () => {
    const { add, login } = await pipeline();
    const claim = (kind: 'id_token_claim' | 'access_token_claim', name: string, value: unknown) => ({
      kind,
      name,
      value,
    });
    await add('first', doing(claim('id_token_claim', 'tier', 1), claim('access_token_claim', 'https://shop/a', null)));
    await add(
      'second',
      doing(...['sub', 'iss', 'nonce', 'sid', 'scope', '__proto__'].map((name) => claim('id_token_claim', name, 'x'))),
    );
    await add('third', doing(claim('id_token_claim', 'tier', 2), claim('access_token_claim', 'none', undefined)));
    expect((await login()).claims).toEqual({ idToken: { tier: 2 }, accessToken: { 'https://shop/a': null } });
  });

  it('set namespaced claims alone in tokens for the Management API', async () => {
    const { add, login } = await pipeline();
    await add(
      'first',
      doing(...['tier', 'https://shop/a'].map((name) => ({ kind: 'access_token_claim', name, value: 1 }) as const)),
    );
    const { claims } = await login({ server: { identifier: 'https://local/api/v2/', is_system: true } });
    expect(claims.accessToken).toEqual({ 'https://shop/a': 1 });
  });

  it('add and remove scopes', async () => {
    const { add, login } = await pipeline();
    await add('first', doing({ kind: 'add_scope', scope: 'a' }, { kind: 'add_scope', scope: 'b' }));
    await add('second', doing({ kind: 'remove_scope', scope: 'a' }, { kind: 'remove_scope', scope: 'c' }));
    expect(await login()).toMatchObject({ addedScopes: ['b'], removedScopes: ['a', 'c'] });
  });

  it('end with the first that denies, whose metadata is saved', async () => {
    const { add, login, runs } = await pipeline();
    await add('first', doing({ kind: 'deny', code: 'access_denied', reason: 'not today' }, setting('seen', true)));
    await add('second', doing(setting('second', true)));
    const { outcome, user } = await login();
    expect(outcome).toEqual({
      ...{ kind: 'denied', action: 'first', code: 'access_denied', reason: 'not today' },
      ...{ error: 'access_denied', description: 'not today' },
    });
    expect(user.app_metadata).toEqual({ plan: 'free', seen: true });
    expect(runs).toHaveLength(1);
  });

  it('end with an error of validation', async () => {
    const { add, login } = await pipeline();
    await add('first', doing({ kind: 'validation_error', code: 'bad_name', message: 'Choose another' }));
    expect((await login()).outcome).toMatchObject({
      ...{ kind: 'validation_error', action: 'first', code: 'bad_name', message: 'Choose another' },
      ...{ error: 'access_denied', description: 'Choose another' },
    });
  });

  it('end with the first that fails, and then nothing is saved', async () => {
    const { add, login, runs, facts } = await pipeline();
    await add('first', { commands: [setting('seen', true)], printed: [{ level: 'log', text: 'hello' }] });
    await add('second', { failure: 'no (second.js:3)', message: 'no', printed: [{ level: 'warn', text: 'soon' }] });
    await add('third', {});
    const { outcome, user, printed } = await login();
    expect(outcome).toEqual({
      ...{ kind: 'failed', action: 'second', reason: 'no (second.js:3)' },
      ...{ error: 'access_denied', description: 'no' },
    });
    expect(user).toEqual(loginFacts().user);
    expect(runs).toHaveLength(2);
    expect(printed).toEqual([
      { name: 'first', level: 'log', text: 'hello' },
      { name: 'second', level: 'warn', text: 'soon' },
      { name: 'second', level: 'failed', text: 'no (second.js:3)' },
    ]);
    expect(facts.actions).toEqual(printed);
  });

  it('fail in a tenant that runs no Actions', async () => {
    const { store } = await testTenant();
    const random = sequenceOfBytes('actions');
    await addAction(store, { random, nowMs: 0 }, { name: 'a', trigger: 'post-login', file: '/a.js', secrets: {} });
    const { outcome } = await runPostLogin({ store, random }, { nowSeconds: 0 } as Moment, loginFacts());
    expect(outcome).toMatchObject({ kind: 'failed', action: 'a', reason: 'this tenant runs no Actions' });
  });
});

describe('the Actions of a sign-up', () => {
  it('change the metadata of the new user, before those of the login', async () => {
    const { add, signUp, login, runs, facts } = await pipeline();
    await add('login', { printed: [{ level: 'log', text: 'in' }] });
    await add(
      'signup',
      { commands: [setting('cart', [1])], printed: [{ level: 'log', text: 'up' }] },
      { trigger: 'pre-user-registration' },
    );
    expect(await signUp()).toMatchObject({ user: { app_metadata: { cart: [1] } }, outcome: { kind: 'ok' } });
    await login();
    expect(runs.map(({ trigger, file }) => [trigger, file])).toEqual([
      ['pre-user-registration', '/signup.js'],
      ['post-login', '/login.js'],
    ]);
    expect(facts.actions?.map(({ name, text }) => [name, text])).toEqual([
      ['signup', 'up'],
      ['login', 'in'],
    ]);
  });

  it.each([
    ['You may not', 'You may not'],
    ['', 'You may not sign up.'],
  ])('keep the reason from the user, and tell the message: %s', async (reason, description) => {
    const { add, signUp } = await pipeline();
    await add('signup', doing({ kind: 'deny', code: 'internal', reason }), { trigger: 'pre-user-registration' });
    expect((await signUp()).outcome).toMatchObject({
      code: 'internal',
      error: 'access_denied',
      description,
    });
  });
});
