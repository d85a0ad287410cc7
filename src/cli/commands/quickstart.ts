import { guestScopes } from '../../domain/api/guest-grants.ts';
import { requestingApp } from '../../domain/app/find.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { editionOf } from '../../domain/exchange/management/request.ts';
import { ensureApiOpen, ensureAppOpen, ensureTenantReady } from '../../domain/gates/set-up.ts';
import { localProfileName } from '../../domain/profile/name.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import { type CreationOutcome, saveCreated } from '../../domain/session/create.ts';
import { decodeTokens, guestIdOf } from '../../domain/session/decoded-tokens.ts';
import { showTokens } from '../../domain/session/received-tokens.ts';
import type { SavedSession } from '../../domain/session/saved-session.ts';
import { createSession, updateSession } from '../../domain/session/token-request.ts';
import { AnonError } from '../../errors.ts';
import { saveAs, tokenPorts } from '../input/session-options.ts';
import type { GlobalOptions } from '../options/global.ts';
import { isForPeople } from '../output/formats.ts';
import { printForPeople, printResult } from '../output/output.ts';
import { renderTokens, tokensData } from '../render/guest-tokens.ts';
import type { Paint } from '../render/paint.ts';
import { printable } from '../render/printable.ts';
import { renderNextSteps, renderStep, type Step, stepData, updateStep } from '../render/setup.ts';
import { sessionsText } from '../render/tenant.ts';
import { accessTenant } from '../tenant/access.ts';
import { saveDefaults } from '../tenant/profile-defaults.ts';
import { profileInUse } from '../tenant/profile-in-use.ts';
import type { Context } from '../world/context.ts';
import { defineCommand } from './define-command.ts';

const metadata = { language: 'en', country: 'US' } as const;
const metadataArguments = Object.entries(metadata).map(([key, value]) => `--meta ${key}=${value}`);

export const quickstartCommand = defineCommand({
  description: 'run all five steps on the local tenant, from nothing to two decoded guest tokens',
  calls: 'tenant',
  result: 'access token',
  examples: ['quickstart'],
  run: (context, _args, options) => runQuickstart(context, options),
});

async function runQuickstart(context: Context, options: GlobalOptions): Promise<void> {
  const { profile, tenant } = await accessLocal(context, options);
  const report = stepReporter(context, options);
  report.begin(tenant.issuer);

  const { app, api } = await context.changing(tenant, () => openGates(tenant, profile, report));

  const request = { app: await requestingApp(tenant, app.subject), api: api.subject, scope: undefined };
  await saveDefaults(context, profile, request);
  // In editions that set metadata only at creation, the session starts with it and is then renewed.
  const { updatesMetadata } = await editionOf(tenant);
  const [first, second] = updatesMetadata ? [undefined, metadata] : [metadata, undefined];
  const ports = tokenPorts(context, tenant);
  const { explain } = ports;
  const created = await createSession(tenant, { ...request, metadata: first, userId: undefined }, explain);
  const guest = guestIdOf(await decodeTokens(tenant, created));
  report.step({
    title: 'create',
    outcome: guest === undefined ? 'a guest has a session' : `guest ${guest} has a session`,
    changed: true,
    commands: [['token create', ...(first ? metadataArguments : [])].join(' ') + tenant.selection],
  });

  const sessionToken = created.sessionToken ?? '';
  const tokens = await updateSession(tenant, { ...request, metadata: second, sessionToken }, explain);
  const decoded = await decodeTokens(tenant, { ...tokens, sessionToken: tokens.sessionToken ?? sessionToken });
  const as = await saveAs(context, profile, { save: true });
  const obtained = { decoded, request: { ...request, metadata, userId: undefined } };
  const outcome: CreationOutcome = as
    ? await saveCreated(ports, as, obtained)
    : { decoded, audience: request.api.audience, session: undefined, saved: undefined };
  report.step({
    title: updatesMetadata ? 'update' : 'renew',
    outcome: updatesMetadata ? 'metadata merged, two new tokens' : 'a new access token for the same session',
    changed: true,
    commands: [['token update', ...(second ? metadataArguments : [])].join(' ') + tenant.selection],
  });

  await showTokens(context, { tenant, strict: false }, outcome, (checked) =>
    printResult(context, options, {
      data: { steps: report.steps.map(stepData), ...tokensData(checked) },
      human: (paint) =>
        `${replacedNote(outcome.saved?.replaced)}\n${renderTokens(paint, checked)}\n${nextSteps(paint, tenant.selection, updatesMetadata)}`,
    }),
  );
}

/** The first three steps, which change only what is not set up yet. */
async function openGates(
  tenant: TenantConnection,
  profile: Profile,
  report: Pick<ReturnType<typeof stepReporter>, 'step'>,
) {
  const settings = await ensureTenantReady(tenant);
  report.step({ ...settings, title: 'tenant', outcome: sessionsText(settings.subject) });

  const app = await ensureAppOpen(tenant, profile.app);
  report.step({ ...app, title: 'app', outcome: `${app.subject.name} may create guest sessions` });

  const api = await ensureApiOpen(tenant, app.subject, profile.api);
  const scopes = guestScopes(api.subject, app.subject.clientId).join(' ');
  report.step({ ...api, title: 'api', outcome: `guests get ${scopes || 'no scopes'} at ${api.subject.name}` });
  return { app, api };
}

function replacedNote(replaced: SavedSession | undefined): string {
  return replaced ? `\nReplaced the saved session of guest ${printable(replaced.guestId ?? 'unknown')}.\n` : '';
}

/** The quickstart always uses the local tenant, whatever the current profile is. */
async function accessLocal(context: Context, options: GlobalOptions) {
  if (options.profile !== undefined && options.profile !== localProfileName) {
    throw new AnonError('usage', 'The quickstart runs only on the local tenant.', {
      hint: 'Run it without --profile.',
    });
  }
  const inUse = (await profileInUse(context)).profile?.name === localProfileName;
  const access = await accessTenant(context, { ...options, profile: localProfileName });
  return inUse ? { ...access, tenant: { ...access.tenant, selection: '' } } : access;
}

/** Prints each step when it is done, for people; JSON has all steps at the end. */
function stepReporter({ terminal }: Context, options: GlobalOptions) {
  const steps: Step[] = [];
  const print = isForPeople(options) ? (human: (paint: Paint) => string) => printForPeople(terminal, human) : () => {};
  return {
    steps,
    begin: (issuer: string) =>
      print((paint) => `${paint.bold('Quickstart')} on the local tenant ${issuer} ${paint.dim('(no account)')}\n\n`),
    step(step: Step) {
      steps.push(step);
      print((paint) => renderStep(paint, steps.length, step));
    },
  };
}

function nextSteps(paint: Paint, selection: string, updatesMetadata: boolean): string {
  return renderNextSteps(paint, [
    updateStep(selection, updatesMetadata),
    ['local start', 'serve this tenant to your app'],
    ['--help', 'see all commands'],
  ]);
}
