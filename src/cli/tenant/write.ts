import type { Command } from 'commander';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { applyPlan } from '../../domain/plan/apply.ts';
import { type Plan, unsent } from '../../domain/plan/plan.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { AnonError } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { OptionValues } from '../options/definition.ts';
import type { GlobalOptions } from '../options/global.ts';
import { printResult } from '../output/output.ts';
import { notePaint, type Paint, paintFor } from '../render/paint.ts';
import { planData, renderChanges, renderRequests } from '../render/plan.ts';
import { printable } from '../render/printable.ts';
import type { Context } from '../world/context.ts';
import { whyNobodyIsAsked } from '../world/unattended.ts';
import { type Access, accessTenant } from './access.ts';

/** What every command takes that changes something at the tenant. */
export const writeOptions = {
  '--dry-run': 'show what would be sent, without sending it',
  '-y, --yes': "don't ask for confirmation, even where the profile is marked production",
} as const;

export type WriteOptions = GlobalOptions & OptionValues<typeof writeOptions>;

export function addWriteOptions(command: Command): Command {
  return Object.entries(writeOptions).reduce((made, [flags, description]) => made.option(flags, description), command);
}

/** The tenant to change; for a dry run a connection that cannot change it. */
export async function accessToWrite(context: Context, options: WriteOptions): Promise<Access> {
  const { tenant, profile } = await accessTenant(context, options);
  return { profile, tenant: options.dryRun ? { ...tenant, readOnly: true } : tenant };
}

/** What was looked up at the tenant, and the plan that came of it. */
interface Looked<Outcome> {
  readonly plan: Plan<Outcome>;
  /** The same tenant as the look knows it, where that is more than before. */
  readonly tenant?: TenantConnection;
}

/** How the state that a plan brings about is shown; `found` is what was looked up. */
interface Shown<Outcome, Found> {
  data(outcome: Outcome, found: Found): JsonObject;
  /** One line for people; more of them follow with what changed. */
  headline(outcome: Outcome, paint: Paint, found: Found): string;
  /** What follows the changes, for people; in a dry run too. */
  below?(paint: Paint, found: Found): string;
}

/** Looks, carries the plan out that comes of it, and shows what it led to, which it returns; or shows what would be sent. */
export async function writeAndShow<Outcome, Found extends Looked<Outcome>>(
  context: Context,
  options: WriteOptions,
  access: Access,
  look: () => Promise<Found & Looked<Outcome>>,
  shown: Shown<Outcome, Found>,
  asking: Asking = {},
): Promise<Outcome> {
  const { outcome, found } = await carryOut(context, options, access, look, asking);
  const { plan } = found;
  printResult(context, options, {
    data: { ...shown.data(outcome, found), ...writeData(options, plan) },
    human: (paint) => {
      const headline = `${paint.green('✔')} ${shown.headline(outcome, paint, found)}\n`;
      return `${renderWrites(paint, options, access, plan, headline)}${shown.below?.(paint, found) ?? ''}`;
    },
  });
  return outcome;
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
  if (writes.length === 0) return `${headline}${paint.dim(`  No changes: ${host} is already set this way\n`)}`;
  return `${headline}${renderChanges(paint, host, writes)}${renderRequests(paint, 'sent', writes)}`;
}

/** Whether a person is shown a plan and asked: where the profile is marked production, or before every plan. */
export interface Asking {
  readonly always?: boolean;
  /** What is asked, where not as usual: it throws when the answer is no. A profile marked production has its own. */
  readonly ask?: (plan: Plan<unknown>) => Promise<void>;
}

/**
 * Looks, and sends the writes of the plan that comes of it with no other process of this machine in between; on a
 * profile marked production once a person or `--yes` agreed; in a dry run none. A person is asked before, and others
 * are not kept waiting for the answer: where the plan is another after it, it is shown and asked for again.
 * @throws {AnonError} `usage` when there is nobody to ask, `failed` when the answer is no
 */
export async function carryOut<Outcome, Found extends Looked<Outcome>>(
  context: Context,
  options: WriteOptions,
  access: Access,
  look: () => Promise<Found & Looked<Outcome>>,
  asking: Asking = {},
): Promise<{ outcome: Outcome; found: Found }> {
  if (options.dryRun) {
    const found = await look();
    return { outcome: found.plan.outcome(unsent), found };
  }
  const asks = (access.profile.production || asking.always) && !options.yes;
  for (let agreedTo: string | undefined; ; ) {
    const seen = asks ? await look() : undefined;
    if (seen?.plan.writes.length === 0) return { outcome: seen.plan.outcome(unsent), found: seen };
    if (seen && contentOf(seen.plan) !== agreedTo) {
      if (agreedTo !== undefined) context.terminal.note('The tenant has changed meanwhile.\n');
      await agreed(context, access, seen.plan, asking);
      agreedTo = contentOf(seen.plan);
    }
    const sent = await context.changing(access.tenant, async () => {
      const found = await look();
      if (asks && found.plan.writes.length > 0 && contentOf(found.plan) !== agreedTo) return undefined;
      return { outcome: await applyPlan(found.tenant ?? access.tenant, found.plan), found };
    });
    if (sent) return sent;
  }
}

/** What a plan changes and sends, to be compared with another. */
function contentOf({ writes }: Plan<unknown>): string {
  return JSON.stringify(planData(writes));
}

/** Before anything is deleted a person sees what goes, and is asked; `--yes` answers. */
export function askToDelete({ terminal, confirm }: Context, access: Access): Asking {
  return {
    always: true,
    async ask({ writes }: Plan<unknown>) {
      const paint = paintFor(terminal.noteColour);
      terminal.note(`This cannot be undone:\n${renderChanges(paint, hostOf(access), writes)}`);
      if (await confirm(`Delete it at ${hostOf(access)}?`)) return;
      throw new AnonError('failed', 'The deletion was declined; nothing was sent.');
    },
  };
}

async function agreed(context: Context, access: Access, plan: Plan<unknown>, { ask }: Asking): Promise<void> {
  const { terminal } = context;
  const { name, production } = access.profile;
  if (!terminal.interactive) {
    const why = production ? `Profile '${name}' is marked production` : 'This changes settings of the tenant';
    throw new AnonError('usage', `${why}, and ${whyNobodyIsAsked(terminal)}.`, {
      hint: 'Look first with --dry-run, then add --yes',
    });
  }
  if (ask && !production) return ask(plan);
  const host = hostOf(access);
  const paint = notePaint(terminal);
  const marked = production ? `${paint.bold(host)} is marked ${paint.red('production')}. ` : '';
  terminal.note(`${marked}This changes:\n`);
  terminal.note(renderChanges(paint, host, plan.writes));
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
