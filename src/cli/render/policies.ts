import type { WrittenConfig } from '../../domain/config/config.ts';
import type { PolicyFinding } from '../../domain/config/policy-violations.ts';
import { placeText } from '../../domain/document/problem.ts';
import { AnonError } from '../../errors.ts';
import type { ConfigPolicyResult } from '../../library/config-results.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { behind } from './wrapped.ts';

/** Where findings about a configuration are; a tenant has no places. */
type Places = Pick<WrittenConfig, 'placeOf'> | undefined;

/** What policies found: a line each, with the reason that the policy gives and its place below it. */
export function renderPolicies(paint: Paint, findings: readonly PolicyFinding[], places?: Places): string {
  return findings.map((finding) => renderFinding(paint, finding, places)).join('');
}

function renderFinding(paint: Paint, finding: PolicyFinding, places: Places): string {
  const { policy, state, message, path } = finding;
  const at = path && places ? placeText(places.placeOf(path)) : finding.subject;
  const word = state === 'unknown' ? paint.yellow('unknown:') : levelText(paint, policy.severity);
  const why = policy.message === undefined ? '' : `${printable(policy.message)} `;
  const below = `${why}(policy ${printable(placeText(policy.place))})`;
  return `${paint.bold(`${printable(at)}:`)} ${word} ${printable(message)}\n${behind('  ', paint.dim(below), paint.columns)}`;
}

function levelText(paint: Paint, severity: 'error' | 'warning'): string {
  return severity === 'error' ? paint.red('error:') : paint.yellow('warning:');
}

/** A finding as an object of `--json`. */
export function policyData(
  { policy, state, subject, message, path }: PolicyFinding,
  places?: Places,
): ConfigPolicyResult {
  const { file, line, column } = policy.place;
  const at = path && places?.placeOf(path);
  return {
    state,
    severity: policy.severity,
    rule: policy.rule.kind,
    subject,
    message,
    ...(policy.message !== undefined && { reason: policy.message }),
    policy: { file, line, column },
    ...(at && { place: { file: at.file, line: at.line, column: at.column } }),
  };
}

/** The error for policies that do not hold: `policy_violated`. */
export function policyError(findings: readonly PolicyFinding[]): AnonError {
  const against = findings.filter(({ state, policy }) => state === 'violated' && policy.severity === 'error');
  const [first] = against;
  const policies = new Set(against.map(({ policy }) => policy)).size;
  const message =
    against.length === 1 && first ? `A policy does not hold: ${first.message}` : `${policies} policies do not hold.`;
  return new AnonError('policy_violated', policies === 1 && against.length > 1 ? 'A policy does not hold.' : message);
}
