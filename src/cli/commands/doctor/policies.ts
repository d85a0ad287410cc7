import { factsOfTenant } from '../../../domain/config/policy-facts.ts';
import { isRefused, type PolicyFinding, policyViolations } from '../../../domain/config/policy-violations.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import { editionOf } from '../../../domain/exchange/management/request.ts';
import { guestMatrix } from '../../../domain/gates/matrix.ts';
import { readTenant } from '../../../domain/tenant/settings.ts';
import { requirePolicies } from '../../input/config-files.ts';
import { printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { policyData, policyError, renderPolicies } from '../../render/policies.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import type { DoctorOptions } from './options.ts';

/** `doctor --policy`: judges all that guests may do at the tenant. @throws {AnonError} `policy_violated` */
export async function checkPolicies(context: Context, options: DoctorOptions, files: readonly string[]): Promise<void> {
  const policies = await requirePolicies(context, files);
  const { tenant } = await accessTenant(context, options);
  const edition = await editionOf(tenant);
  const known = { ...tenant, edition: edition.name };
  const [view, matrix] = [await readTenant(known), await guestMatrix(known, { all: false })];
  const holders = edition.claims.heldBy === 'application' ? matrix.apps : matrix.apis;
  const claims = holders.flatMap(({ body }) => edition.claims.read(body));
  const findings = policyViolations(policies, factsOfTenant(view, matrix, claims));
  const { issuer } = tenant;
  printResult(context, options, {
    data: { issuer, checked: policies.length, policies: findings.map((finding) => policyData(finding)) },
    human: (paint) => renderPolicies(paint, findings) + verdict(paint, hostOf(issuer), policies.length, findings),
  });
  if (isRefused(findings)) throw policyError(findings);
}

function verdict(paint: Paint, host: string, count: number, findings: readonly PolicyFinding[]): string {
  if (findings.length > 0) return '';
  const text = count === 1 ? 'The policy holds' : `All ${count} policies hold`;
  return `${paint.green('✔')} ${text} at ${printable(host)}\n`;
}
