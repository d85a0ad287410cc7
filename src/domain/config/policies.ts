import type { Document } from '../document/node.ts';
import type { Policy, PolicyRule } from './policy.ts';
import type { WrittenPolicy } from './policy-schema.ts';

/** Policies as the checked `policies` of a document have them, with their places. */
export function writtenPolicies(document: Document, policies: readonly WrittenPolicy[]): Policy[] {
  return policies.map((policy, index) => {
    const { severity = 'error', message, apis, apps } = policy;
    return {
      rule: ruleOf(policy),
      severity,
      ...(message !== undefined && { message }),
      ...(apis && { apis }),
      ...(apps && { apps }),
      place: document.placeOf(['policies', index]),
    };
  });
}

function ruleOf(policy: WrittenPolicy): PolicyRule {
  const lifetimes = ['max-session-lifetime', 'min-session-lifetime', 'max-token-lifetime'] as const;
  const lifetime = lifetimes.find((kind) => policy[kind] !== undefined);
  if (lifetime) return { kind: lifetime, seconds: policy[lifetime] ?? 0 };
  const { 'token-format': format, cookie, 'forbidden-scopes': patterns, 'forbidden-claims': expressions } = policy;
  if (format !== undefined) return { kind: 'token-format', format };
  if (cookie !== undefined) return { kind: 'cookie', cookie };
  if (patterns) return { kind: 'forbidden-scopes', patterns };
  return { kind: 'forbidden-claims', expressions: expressions ?? [] };
}
