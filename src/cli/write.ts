import type { Command } from 'commander';
import { applyPlan } from '../domain/plan/apply.ts';
import { type Plan, unsent } from '../domain/plan/plan.ts';
import { shellWord } from '../domain/shell-word.ts';
import { AnonError } from '../errors.ts';
import type { JsonObject } from '../wire/schema.ts';
import type { Context } from './context.ts';
import type { GlobalOptions } from './global-options.ts';
import { printResult } from './output.ts';
import { notePaint, type Paint } from './render/paint.ts';
import { planData, renderChanges, renderRequests } from './render/plan.ts';
import { printable } from './render/printable.ts';
import { type Access, accessTenant } from './tenant-access.ts';

/** What every command takes that changes something at the tenant. */
export interface WriteOptions extends GlobalOptions {
  readonly dryRun?: true;
  readonly yes?: true;
}

export function addWriteOptions(command: Command): Command {
  return command
    .option('--dry-run', 'show what would be sent, and send nothing')
    .option('-y, --yes', 'do not ask, also where the profile is marked production');
}

/** The tenant to change; for a dry run a connection that cannot change it. */
export async function accessToWrite(context: Context, options: WriteOptions): Promise<Access> {
  const { tenant, profile } = await accessTenant(context, options);
  return { profile, tenant: options.dryRun ? { ...tenant, readOnly: true } : tenant };
}

/** How the state that a plan brings about is shown. */
interface Shown<Outcome> {
  data(outcome: Outcome): JsonObject;
  /** One line for people; more of them follow with what changed. */
  headline(outcome: Outcome, paint: Paint): string;
  /** What follows the changes, for people; in a dry run too. */
  below?(paint: Paint): string;
}

/** Carries a plan out and shows what it led to; or shows what would be sent. */
export async function writeAndShow<Outcome>(
  context: Context,
  options: WriteOptions,
  access: Access,
  plan: Plan<Outcome>,
  shown: Shown<Outcome>,
): Promise<void> {
  const outcome = await carryOut(context, options, access, plan);
  printResult(context, options, {
    data: { ...shown.data(outcome), ...writeData(options, plan) },
    human: (paint) => {
      const headline = `${paint.green('✔')} ${shown.headline(outcome, paint)}\n`;
      return `${renderWrites(paint, options, access, plan, headline)}${shown.below?.(paint) ?? ''}`;
    },
  });
}

/** What was sent, or would be, for `--json`. */
export function writeData(options: WriteOptions, { writes }: Plan<unknown>): JsonObject {
  return { dry_run: options.dryRun === true, ...planData(writes) };
}

/** What was sent under its headline; in a dry run what would be. */
export function renderWrites(
  paint: Paint,
  options: WriteOptions,
  access: Access,
  { writes }: Plan<unknown>,
  headline: string,
): string {
  const host = hostOf(access);
  if (options.dryRun && writes.length > 0) {
    return `${paint.yellow('dry run')}, nothing is sent\n${renderChanges(paint, host, writes)}${renderRequests(paint, 'would send', writes)}`;
  }
  if (writes.length === 0) return `${headline}${paint.dim(`  already so at ${host}, nothing to send\n`)}`;
  return `${headline}${renderChanges(paint, host, writes)}${renderRequests(paint, 'sent', writes)}`;
}

/** Whether a person is shown a plan and asked: where the profile is marked production, or before every plan. */
interface Asking {
  readonly always?: boolean;
}

/**
 * Sends the writes of a plan, on a profile marked production once a person or `--yes` agreed; in a dry run none.
 * @throws {AnonError} `usage` when there is nobody to ask, `failed` when the answer is no
 */
export async function carryOut<Outcome>(
  context: Context,
  options: WriteOptions,
  access: Access,
  plan: Plan<Outcome>,
  { always = false }: Asking = {},
): Promise<Outcome> {
  if (options.dryRun) return plan.outcome(unsent);
  const asks = (access.profile.production || always) && !options.yes;
  if (asks && plan.writes.length > 0) await agreed(context, access, plan);
  return applyPlan(access.tenant, plan);
}

async function agreed(context: Context, access: Access, { writes }: Plan<unknown>): Promise<void> {
  const { terminal } = context;
  const { name, production } = access.profile;
  if (!terminal.interactive) {
    const why = production ? `Profile '${name}' is marked production` : 'This changes settings of the tenant';
    throw new AnonError('usage', `${why}, and there is no terminal to ask on.`, {
      hint: 'Look first with --dry-run; then say it beforehand: --yes',
    });
  }
  const host = hostOf(access);
  const paint = notePaint(terminal);
  const marked = production ? `${paint.bold(host)} is marked ${paint.red('production')}. ` : '';
  terminal.note(`${marked}This changes:\n`);
  terminal.note(renderChanges(paint, host, writes));
  if (production) return agreedByName(context, host);
  if (await context.confirm(`Apply this to ${host}?`)) return;
  throw new AnonError('failed', 'The change was declined; nothing was sent.');
}

async function agreedByName({ prompts }: Context, host: string): Promise<void> {
  if ((await prompts.text(`To go on, type the tenant's name (${host}):`)).trim() === host) return;
  throw new AnonError('failed', "That is not the tenant's name; nothing was sent.", {
    hint: `It is ${shellWord(host)}.`,
  });
}

/** What people call the tenant: its domain. */
export function hostOf({ tenant }: Access): string {
  return printable(new URL(tenant.issuer).host);
}
