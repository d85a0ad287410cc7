import { claimPath } from '../claims/parse-mapping.ts';
import type { DocumentPath } from '../document/node.ts';
import { describeLifetime } from '../duration.ts';
import type { Policy, PolicyRule } from './policy.ts';
import type { ApiFacts, AppNames, Fact, GuestScopes, PolicyFacts } from './policy-facts.ts';

/** What a policy says about facts: they are against it, or they do not tell. */
export interface PolicyFinding {
  readonly policy: Policy;
  readonly state: 'violated' | 'unknown';
  /** `tenant`, or the audience of an API. */
  readonly subject: string;
  /** One sentence. */
  readonly message: string;
  /** Where a configuration says it. */
  readonly path?: DocumentPath | undefined;
}

/** Everything that is against a policy, and everything that is unknown; empty where all policies hold. */
export function policyViolations(policies: readonly Policy[], facts: PolicyFacts): PolicyFinding[] {
  return policies.flatMap((policy) => findingsOf(policy, facts).map((finding) => ({ policy, ...finding })));
}

/** Whether findings make a command fail. */
export function isRefused(findings: readonly PolicyFinding[]): boolean {
  return findings.some(({ state, policy }) => state === 'violated' && policy.severity === 'error');
}

type Finding = Omit<PolicyFinding, 'policy'>;

function findingsOf(policy: Policy, facts: PolicyFacts): Finding[] {
  const { rule } = policy;
  switch (rule.kind) {
    case 'max-session-lifetime':
    case 'min-session-lifetime':
      return judged(facts.lifetimeSeconds, 'the session lifetime', (seconds) => sessionFinding(rule, seconds));
    case 'token-format':
      return judged(facts.tokenFormat, 'the session token format', (format) =>
        format === rule.format
          ? undefined
          : `Session tokens are ${format.toUpperCase()}, not ${rule.format.toUpperCase()}.`,
      );
    case 'cookie':
      return judged(facts.cookie, 'whether browsers get the session as a cookie', (cookie) =>
        cookie === rule.cookie ? undefined : `Browsers ${cookie ? '' : 'do not '}get the session as a cookie.`,
      );
    case 'max-token-lifetime':
      return apisOf(policy, facts).flatMap((api) => tokenFindings(rule.seconds, api));
    case 'forbidden-scopes':
      return apisOf(policy, facts).flatMap((api) => scopeFindings(policy, rule.patterns, api));
    case 'forbidden-claims':
      return claimFindings(rule.expressions, facts.claims);
  }
}

function judged<Value>(
  { value, path }: Fact<Value>,
  noun: string,
  judge: (value: NonNullable<Value>) => string | undefined,
): Finding[] {
  const subject = 'tenant';
  if (value === undefined || value === null) {
    return [{ state: 'unknown', subject, message: `Cannot tell ${noun}: it is not given.` }];
  }
  const message = judge(value);
  return message === undefined ? [] : [{ state: 'violated', subject, message, path }];
}

function sessionFinding(
  { kind, seconds: limit }: PolicyRule & { seconds: number },
  seconds: number,
): string | undefined {
  const lives = seconds === 0 ? 'Sessions never expire' : `Sessions live ${describeLifetime(seconds)}`;
  if (kind === 'max-session-lifetime') {
    const holds = seconds !== 0 && seconds <= limit;
    return holds ? undefined : `${lives}; the maximum is ${describeLifetime(limit)}.`;
  }
  return seconds === 0 || seconds >= limit ? undefined : `${lives}; the minimum is ${describeLifetime(limit)}.`;
}

function apisOf({ apis }: Policy, facts: PolicyFacts): readonly ApiFacts[] {
  return facts.apis.filter(({ audience }) => !apis || apis.some((pattern) => matches(pattern, audience)));
}

function tokenFindings(limit: number, { audience, open, tokenLifetimeSeconds: { value, path } }: ApiFacts): Finding[] {
  if (value === undefined) {
    const message = "Cannot tell how long guests' access tokens are valid: it is not given.";
    return open === false ? [] : [{ state: 'unknown', subject: audience, message }];
  }
  if (value <= limit) return [];
  const message = `Guests' access tokens are valid ${describeLifetime(value)}; the maximum is ${describeLifetime(limit)}.`;
  return [{ state: 'violated', subject: audience, message, path }];
}

function scopeFindings(policy: Policy, patterns: readonly string[], { audience, open, guests }: ApiFacts): Finding[] {
  if (guests.value === undefined) {
    const message = 'Cannot tell which scopes guests get: they are not given.';
    return open === false ? [] : [{ state: 'unknown', subject: audience, message }];
  }
  return guests.value
    .filter(({ app }) => concerns(policy, app))
    .flatMap((one) => {
      const against = one.scopes.filter((scope) => patterns.some((pattern) => matches(pattern, scope)));
      if (against.length === 0) return [];
      const message = `${guestsText(one)} are granted ${against.join(', ')}; ${patterns.join(' or ')} is forbidden.`;
      return [{ state: 'violated', subject: audience, message, path: one.path } as const];
    });
}

/** Scopes of every application's guests concern each of them. */
function concerns({ apps }: Policy, app: AppNames | undefined): boolean {
  if (!apps || !app) return true;
  return apps.some(
    (pattern) => matches(pattern, app.name) || (app.clientId !== undefined && matches(pattern, app.clientId)),
  );
}

function guestsText({ app }: GuestScopes): string {
  return app ? `Guests of ${app.name}` : 'Guests';
}

function claimFindings(expressions: readonly string[], { value, path }: PolicyFacts['claims']): Finding[] {
  const subject = 'claims';
  if (!value)
    return [{ state: 'unknown', subject, message: 'Cannot tell which claims are mapped: they are not given.', path }];
  return value.flatMap(({ name, expression, path: own }) => {
    // A claim with all of metadata shows what is in it.
    const against = expressions.find((one) => isWithin(one, expression) || isWithin(expression, one));
    if (against === undefined) return [];
    const message = `Claim ${name} shows ${claimPath(against)}.`;
    return [{ state: 'violated', subject, message, path: own } as const];
  });
}

function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`);
}

/** `*` stands for any characters, and `|` separates alternatives. */
function matches(pattern: string, text: string): boolean {
  return pattern.split('|').some((one) => {
    const parts = one.split('*').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
  });
}
