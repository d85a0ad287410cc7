import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { hostOf } from '../../domain/exchange/http.ts';
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

/** The options of every command that changes the tenant. */
export const writeOptions = {
  '--dry-run': 'show what would be sent, without sending it',
  '-y, --yes': "don't ask for confirmation, even if the profile is marked production",
} as const;

export type WriteOptions = GlobalOptions & OptionValues<typeof writeOptions>;

/** Connects to the tenant to change; a dry run gets a read-only connection. */
export async function accessToWrite(context: Context, options: WriteOptions): Promise<Access> {
  const { tenant, profile } = await accessTenant(context, options);
  return { profile, tenant: options.dryRun ? { ...tenant, readOnly: true } : tenant };
}

/** The plan for what was read from the tenant. */
interface Planned<Outcome> {
  readonly plan: Plan<Outcome>;
  /** The connection to send the plan on, when reading the tenant found out more about it. */
  readonly tenant?: TenantConnection;
}

/** How to print the outcome of a plan. `found` is what was read from the tenant. */
interface Presentation<Outcome, Found> {
  data(outcome: Outcome, found: Found): JsonObject;
  /** One line for people, followed by the changes. */
  headline(outcome: Outcome, paint: Paint, found: Found): string;
  /** Text for people below the changes, in a dry run too. */
  below?(paint: Paint, found: Found): string;
  /** The change deletes something: it is shown and confirmed, unless `--yes` is given. */
  readonly deletes?: true;
}

/**
 * What a command that changes the tenant does: connects, plans, carries the plan out as {@link carryOut} does, and prints
 * the outcome. A dry run prints what would be sent. `look` reads the tenant and plans; it may run more than once.
 */
export async function changeTenant<Outcome, Found extends Planned<Outcome>>(
  context: Context,
  options: WriteOptions,
  look: (access: Access) => Promise<Found & Planned<Outcome>>,
  presentation: Presentation<Outcome, Found>,
): Promise<{ outcome: Outcome; access: Access }> {
  const access = await accessToWrite(context, options);
  const confirmation = presentation.deletes ? confirmDeletion(context, access) : {};
  const { outcome, found } = await carryOut(context, options, access, () => look(access), confirmation);
  const { plan } = found;
  printResult(context, options, {
    data: { ...presentation.data(outcome, found), ...writeData(options, plan) },
    human: (paint) => {
      const headline = `${paint.green('✔')} ${presentation.headline(outcome, paint, found)}\n`;
      return `${renderWrites(paint, options, access, plan, headline)}${presentation.below?.(paint, found) ?? ''}`;
    },
  });
  return { outcome, access };
}

/** The requests and changes of a plan, for `--json`. */
export function writeData(options: WriteOptions, { writes }: Plan<unknown>): JsonObject {
  return { dry_run: options.dryRun === true, ...planData(writes) };
}

/** The headline, the changes and the requests of a plan. A dry run has no headline. */
export function renderWrites(
  paint: Paint,
  options: WriteOptions,
  access: Access,
  { writes }: Plan<unknown>,
  headline: string,
): string {
  const host = tenantHost(access);
  if (options.dryRun && writes.length > 0) {
    return `${paint.yellow('dry run')}: nothing was sent\n${renderChanges(paint, host, writes)}${renderRequests(paint, 'would send', writes)}`;
  }
  if (writes.length === 0) return `${headline}${paint.dim(`  No changes: ${host} is already set this way\n`)}`;
  return `${headline}${renderChanges(paint, host, writes)}${renderRequests(paint, 'sent', writes)}`;
}

/** How to ask for confirmation of a plan. */
export interface Confirmation {
  /** Always ask, not only where the profile is marked production. */
  readonly always?: boolean;
  /** Replaces the default question; throws when the answer is no. Not used where the profile is marked production. */
  readonly ask?: (plan: Plan<unknown>) => Promise<void>;
}

/**
 * Plans with `look` and sends the writes, holding the tenant's lock against other processes of this machine. A dry run
 * sends nothing. A profile marked production needs confirmation, by a person or `--yes`. The lock is not held during the
 * question; when the plan differs afterwards, it is shown and confirmed again.
 * @throws {AnonError} `usage` when there is nobody to ask, `failed` when the answer is no
 */
export async function carryOut<Outcome, Found extends Planned<Outcome>>(
  context: Context,
  options: WriteOptions,
  access: Access,
  look: () => Promise<Found & Planned<Outcome>>,
  confirmation: Confirmation = {},
): Promise<{ outcome: Outcome; found: Found }> {
  if (options.dryRun) {
    const found = await look();
    return { outcome: found.plan.outcome(unsent), found };
  }
  const asks = (access.profile.production || confirmation.always) && !options.yes;
  for (let agreedTo: string | undefined; ; ) {
    const seen = asks ? await look() : undefined;
    if (seen?.plan.writes.length === 0) return { outcome: seen.plan.outcome(unsent), found: seen };
    if (seen && contentOf(seen.plan) !== agreedTo) {
      if (agreedTo !== undefined) context.terminal.note('The tenant has changed in the meantime.\n');
      const { plan } = seen;
      const shown = (paint: Paint) => renderChanges(paint, tenantHost(access), plan.writes);
      await confirmChanges(context, access, shown, confirmation.ask && (() => confirmation.ask?.(plan)));
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

/** A plan's changes and requests, for comparison with another plan. */
function contentOf({ writes }: Plan<unknown>): string {
  return JSON.stringify(planData(writes));
}

/** Shows what will be deleted and asks for confirmation, unless `--yes` is given. */
function confirmDeletion({ terminal, confirm }: Context, access: Access): Confirmation {
  return {
    always: true,
    async ask({ writes }: Plan<unknown>) {
      const paint = paintFor(terminal.noteColour && terminal.palette);
      terminal.note(`This can't be undone:\n${renderChanges(paint, tenantHost(access), writes)}`);
      if (await confirm(`Delete from ${tenantHost(access)}?`)) return;
      throw new AnonError('failed', 'Deletion declined; nothing was sent.');
    },
  };
}

/**
 * Asks for confirmation of the `shown` changes; `ask` replaces the default question, except where the profile is marked
 * production. @throws {AnonError} `usage` when there is nobody to ask, `failed` when the answer is no
 */
export async function confirmChanges(
  context: Context,
  access: Access,
  shown: (paint: Paint) => string,
  ask?: () => Promise<void> | undefined,
): Promise<void> {
  const { terminal } = context;
  const { name, production } = access.profile;
  if (!terminal.interactive) {
    const reason = production ? `Profile '${name}' is marked production: this` : 'This';
    throw new AnonError('usage', `${reason} change needs confirmation, and ${whyNobodyIsAsked(terminal)}.`, {
      hint: 'Preview it with --dry-run, then pass --yes.',
    });
  }
  if (ask && !production) return ask();
  const host = tenantHost(access);
  const paint = notePaint(terminal);
  const marked = production ? `${paint.bold(host)} is marked ${paint.red('production')}. ` : '';
  terminal.note(`${marked}This changes:\n`);
  terminal.note(shown(paint));
  if (production) return confirmByName(context, host);
  if (await context.confirm(`Apply to ${host}?`)) return;
  throw new AnonError('failed', 'Change declined; nothing was sent.');
}

async function confirmByName({ prompts }: Context, host: string): Promise<void> {
  if ((await prompts.text(`To confirm, type the tenant's name (${host}):`)).trim() === host) return;
  throw new AnonError('failed', "The name doesn't match; nothing was sent.", {
    hint: `The tenant's name is ${shellWord(host)}.`,
  });
}

/** The tenant's name for people: its host. */
export function tenantHost({ tenant }: Access): string {
  return printable(hostOf(tenant.issuer));
}
