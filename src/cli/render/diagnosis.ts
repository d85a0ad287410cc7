import { clockDifference } from '../../domain/exchange/tenant-time.ts';
import type { Check, CheckName, CheckState } from '../../domain/gates/diagnosis/check.ts';
import type { Diagnosis } from '../../domain/gates/diagnosis/diagnose.ts';
import type { DoctorResult } from '../../library/gate-results.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { beside } from './wrapped.ts';

const labels: Readonly<Partial<Record<CheckName, string>>> = { management_scopes: 'management' };
const marks: Readonly<Record<CheckState, string>> = {
  open: '✔',
  closed: '✘',
  warning: '!',
  unknown: '?',
  skipped: '–',
};

/**
 * A line for each check, and the commands and advice that fix what is wrong. `fixAll` is the command for all of it. The
 * verdict is shown only when guests get tokens: otherwise the error has it.
 */
export function renderDiagnosis(paint: Paint, diagnosis: Diagnosis, fixAll: string | undefined): string {
  const { checks, ok, verdict } = diagnosis;
  const closed = checks.filter(({ state }) => state === 'closed' || state === 'unknown');
  const commands = commandsOf(closed);
  const warnings = checks.filter(({ state }) => state === 'warning');
  const recommended = commandsOf(warnings).filter((command) => !commands.includes(command));
  const parts = [
    checks.map((check) => checkLines(paint, check)).join(''),
    section(paint, 'To fix', commands),
    commands.length > 1 && fixAll ? section(paint, 'Or all at once', [fixAll]) : '',
    section(paint, 'Recommended', recommended),
    adviceLines(paint, checks),
    ok ? `${paint.green('✔')} ${printable(verdict)}\n` : '',
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function checkLines(paint: Paint, { check, state, finding }: Check): string {
  const colour = {
    open: paint.green,
    closed: paint.red,
    warning: paint.yellow,
    unknown: paint.yellow,
    skipped: paint.dim,
  };
  const head = `${colour[state](`${marks[state]} ${state.padEnd(7)}`)}  ${(labels[check] ?? check).padEnd(11)}  `;
  const text = printable(finding);
  return beside(head, state === 'skipped' ? paint.dim(text) : text, paint.columns);
}

/** Without duplicates. */
function commandsOf(checks: readonly Check[]): string[] {
  return [...new Set(checks.flatMap(({ fix }) => (fix === undefined ? [] : [fix])))];
}

function section(paint: Paint, title: string, commands: readonly string[]): string {
  if (commands.length === 0) return '';
  return `${paint.bold(title)}\n${commands.map((command) => `  ${paint.cyan(`$ ${printable(command)}`)}\n`).join('')}`;
}

/** Advice where no single command helps. */
function adviceLines(paint: Paint, checks: readonly Check[]): string {
  const advised = checks.filter(({ advice, fix }) => advice !== undefined && fix === undefined);
  if (advised.length === 0) return '';
  const lines = advised.map(({ check, advice }) =>
    beside(`  ${(labels[check] ?? check).padEnd(11)}  `, printable(advice ?? ''), paint.columns),
  );
  return `${paint.bold('What to do')}\n${lines.join('')}`;
}

export function diagnosisData({ ok, verdict, tenant, app, api, scopes, checks }: Diagnosis): DoctorResult {
  return {
    ok,
    verdict,
    tenant: { profile: tenant.profile, issuer: tenant.issuer, edition: tenant.edition ?? null },
    app: app ? { client_id: app.clientId, name: app.name } : null,
    api: api ? { audience: api.audience, name: api.name } : null,
    scopes,
    clock_offset_seconds: offsetSeconds(tenant),
    checks: checks.map(({ check, state, finding, fix, advice }) => ({
      check,
      state,
      finding,
      fix: fix ?? null,
      advice: advice ?? null,
    })),
  };
}

/** How far this machine's clock is behind the tenant's; 0 for a difference too small to matter, null if unknown. */
function offsetSeconds(tenant: Diagnosis['tenant']): number | null {
  const moved = tenant.movedClock?.();
  if (moved) return moved.offset_seconds;
  const offsetMs = tenant.time.offsetMs();
  if (offsetMs === undefined) return null;
  return clockDifference(tenant) === undefined ? 0 : offsetMs / 1000;
}
