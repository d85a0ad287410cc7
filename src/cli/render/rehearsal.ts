import type { RequestedApi } from '../../domain/api/find.ts';
import type { Carrier } from '../../domain/rehearsal/carrier.ts';
import { refusedText, type Verdict } from '../../domain/rehearsal/verdict.ts';
import type { TokenChange, TokenComparison } from '../../domain/token/compare.ts';
import type { TransferRehearseResult } from '../../library/rehearsal-results.ts';
import type { RanAction, Rehearsed } from '../../local/rehearse.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { commandText, denialIn, printedRows } from './action.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows } from './rows.ts';
import { renderDifferences, renderTokenChanges, tokenChangesData } from './token-comparison.ts';

/** A token of the login with the guest; `comparison` is undefined where the login without a guest gave none. */
export interface RehearsedToken {
  readonly claims: JsonObject;
  readonly comparison: TokenComparison | undefined;
}

export interface RehearsalReport {
  readonly verdict: Verdict;
  /** Why the login ended without tokens: a sentence, or nothing. */
  readonly refusal: string;
  readonly via: Carrier;
  readonly edition: EditionName;
  readonly app: { readonly clientId: string; readonly name: string };
  readonly api: RequestedApi | undefined;
  readonly email: string;
  readonly isNewUser: boolean;
  readonly rehearsed: Rehearsed;
  readonly profile: readonly TokenChange[];
  readonly idToken: RehearsedToken | undefined;
  readonly accessToken: RehearsedToken | undefined;
}

/** The verdict first, then what the Actions did, and what differs because of the guest. */
export function renderRehearsal(paint: Paint, report: RehearsalReport, nowMs: number): string {
  const { verdict, rehearsed } = report;
  const mark = verdict.carried ? paint.green('✔') : paint.red('✘');
  return [
    `${mark} ${printable(verdict.text)}\n${refusalLine(paint, report)}`,
    renderRehearsedActions(paint, rehearsed.withGuest.actions),
    renderProfile(paint, report, nowMs),
    renderTokens(paint, report, nowMs),
    paint.dim('This was a rehearsal: the tenant and its users are unchanged.\n'),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function refusalLine(paint: Paint, { refusal }: RehearsalReport): string {
  return refusal === '' ? '' : `${paint.red('✘')} ${printable(refusal)}\n`;
}

function renderProfile(paint: Paint, report: RehearsalReport, nowMs: number): string {
  const { rehearsed, profile: changes, email, isNewUser } = report;
  const [isCreated, title] = [rehearsed.withGuest.user !== undefined, `User ${printable(email)}`];
  if (!isNewUser) return renderDifferences(paint, title, { ...allClaims, same: changes.length === 0, changes }, nowMs);
  const lines = changes.length > 0 ? renderTokenChanges(paint, changes, nowMs) : '';
  return `${paint.bold(title)}  ${isCreated ? paint.green('✔ created') : paint.red('✘ not created')}\n${lines}`;
}

/** A profile can be compared as a whole, like the claims of a token. */
const allClaims = { compared: ['claims'] } as const;

/** The differences that the guest makes. */
function renderTokens(
  paint: Paint,
  { rehearsed, verdict, idToken, accessToken }: RehearsalReport,
  nowMs: number,
): string {
  const { end } = rehearsed.withoutGuest;
  if (!verdict.carried || (!idToken && !accessToken)) return '';
  if (!end.ok) {
    return `${paint.bold('Tokens')}  not compared: without the guest, the login is refused (${printable(refusedText(end))})\n`;
  }
  const named = [
    ['ID token', idToken],
    ['Access token', accessToken],
  ] as const;
  const lines = named.map(([title, token]) =>
    token?.comparison ? renderDifferences(paint, title, token.comparison, nowMs) : '',
  );
  return `${paint.dim('Compared with the same login without the guest:\n')}${lines.join('')}`;
}

export function rehearsalData(report: RehearsalReport): TransferRehearseResult {
  const { verdict, via, edition, app, api, rehearsed } = report;
  const { userBefore, withGuest, withoutGuest } = rehearsed;
  return {
    carried: verdict.carried,
    verdict: verdict.text,
    reasons: verdict.reasons,
    ...{ via, edition },
    app: { client_id: app.clientId, name: app.name },
    api: api ? { audience: api.audience, name: api.name } : null,
    guest_id: rehearsed.session.guestId ?? null,
    user: {
      email: report.email,
      is_new: report.isNewUser,
      before: userBefore ?? null,
      after: withGuest.user ?? null,
      changes: tokenChangesData(report.profile),
    },
    actions: rehearsedActionsData(withGuest.actions),
    refused: refusedData(withGuest.end),
    refused_without_guest: refusedData(withoutGuest.end),
    id_token: tokenData(report.idToken),
    access_token: tokenData(report.accessToken),
  };
}

function refusedData(end: Rehearsed['withGuest']['end']): TransferRehearseResult['refused'] {
  return end.ok ? null : { at: end.at, error: end.error, error_description: end.description };
}

function tokenData(token: RehearsedToken | undefined): TransferRehearseResult['id_token'] {
  if (!token) return null;
  return { claims: token.claims, changes: token.comparison ? tokenChangesData(token.comparison.changes) : null };
}

/** Each Action with what it printed and what it asked for. */
function renderRehearsedActions(paint: Paint, actions: readonly RanAction[]): string {
  const title = paint.bold('Actions');
  if (actions.length === 0) return `${title}  ${paint.dim('none ran; to try one: --action <file>')}\n`;
  return `${title}\n${actions.map((action) => renderOne(paint, action)).join('')}`;
}

function renderOne(paint: Paint, action: RanAction): string {
  const { name, trigger, printed, commands, failure } = action;
  const mark = isRefusing(action) ? paint.red('✘') : paint.green('✔');
  const lines: (readonly [string, string])[] = [
    ...printed.flatMap(printedRows),
    ...commands.map(commandText),
    ...(failure === undefined ? [] : [['failed', paint.red(printable(failure))] as const]),
  ];
  return `  ${mark} ${printable(name)} ${paint.dim(`(${trigger})`)}\n${lines.length > 0 ? rows(paint, lines, 4) : ''}`;
}

function isRefusing({ failure, commands }: RanAction): boolean {
  return failure !== undefined || denialIn(commands) !== undefined;
}

function rehearsedActionsData(actions: readonly RanAction[]): TransferRehearseResult['actions'] {
  return actions.map((action) => {
    const { name, trigger, commands, printed, failure = null } = action;
    const denied = denialIn(commands) ?? null;
    return { action: name, trigger, ok: !isRefusing(action), failure, denied, commands, printed };
  });
}
