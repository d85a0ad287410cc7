import type { Config } from '../../../domain/config/config.ts';
import { factsOfConfig } from '../../../domain/config/policy-facts.ts';
import { isRefused, type PolicyFinding, policyViolations } from '../../../domain/config/policy-violations.ts';
import { DocumentError, hasErrors, problemData } from '../../../domain/document/problem.ts';
import { AnonError } from '../../../errors.ts';
import { configOptions, type ReadConfig, readConfigFiles } from '../../input/config-files.ts';
import { printResult } from '../../output/output.ts';
import type { Paint } from '../../render/paint.ts';
import { policyData, policyError, renderPolicies } from '../../render/policies.ts';
import { printable } from '../../render/printable.ts';
import { renderProblems } from '../../render/problems.ts';
import { defineCommand } from '../define-command.ts';

export const configValidateCommand = defineCommand({
  description: 'check configuration files, without calling a tenant',
  options: configOptions,
  calls: 'nothing',
  examples: ['config init --stdout | anon-cli config validate --file -'],
  notes:
    'Reports every problem at once, each with its file, line and column. Exits with 2 for problems and with 5 for a policy of ' +
    'severity error that does not hold; warnings alone exit with 0.',
  more: 'docs/config.md',
  async run(context, _args, options) {
    const read = await readConfigFiles(context, options);
    const { written, problems } = read;
    const failed = hasErrors(problems) || !written;
    const findings = written ? policyViolations(written.config.policies, factsOfConfig(written.config)) : [];
    printResult(context, options, {
      data: {
        files: read.files,
        valid: !failed,
        problems: problems.map(problemData),
        policies: findings.map((finding) => policyData(finding, written)),
      },
      human: (paint) =>
        `${renderProblems(paint, problems)}${renderPolicies(paint, findings, written)}${verdict(paint, read, findings)}`,
    });
    // The text and the JSON have shown the problems already.
    if (failed) throw new AnonError('usage', new DocumentError(problems).message);
    if (isRefused(findings)) throw policyError(findings);
  },
});

function verdict(paint: Paint, { written, files }: ReadConfig, findings: readonly PolicyFinding[]): string {
  if (!written || isRefused(findings)) return '';
  const text = `${paint.green('✔')} Valid: ${files.map(printable).join(', ')} (${contentText(written.config)})\n`;
  // Stdin is empty by now.
  return files.includes('stdin') ? text : `${text}${paint.dim('Next: anon-cli config plan, with the same options\n')}`;
}

/** `2 applications, 1 API, 3 policies`. */
function contentText({ tenant, apps, apis, claims, policies }: Config): string {
  const counts = [
    Object.keys(tenant ?? {}).length > 0 ? 'tenant settings' : '',
    counted(apps.size, 'application'),
    counted(apis.size, 'API'),
    counted(claims?.length ?? 0, 'claim'),
    policies.length === 1 ? '1 policy' : counted(policies.length, 'policie'),
  ];
  return counts.filter((text) => text !== '').join(', ') || 'it manages nothing';
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
