import { chooseApi, likelyApi, type RequestedApi, undecidedApi } from '../../../domain/api/find.ts';
import { listApis } from '../../../domain/api/read.ts';
import type { App } from '../../../domain/app/app.ts';
import {
  type AppValues,
  appVariables,
  controlVariables,
  type FrameworkName,
  frameworkFacts,
  frameworkNames,
  frameworkVariables,
  newSessionSecret,
} from '../../../domain/app/app-variables.ts';
import { chooseApp, likelyApp, requestingApp, undecidedApp } from '../../../domain/app/find.ts';
import { listApps } from '../../../domain/app/read.ts';
import { reworded } from '../../../errors.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import { dotenvLines, leftOutWarning, variables } from '../../format/variables.ts';
import { knownWord } from '../../options/parse.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { type Access, requestedAppAndApi } from '../../tenant/access.ts';
import { accessLocalTenantAlone } from '../../tenant/local-access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

export const localEnvCommand = defineCommand({
  description: 'print what an app needs to use the local tenant, as a .env file',
  options: {
    '--app <app>': {
      description: 'name or client id (default: the only one, or the default one)',
      values: { live: 'app' },
    },
    '--api <api>': {
      description: 'name, audience or id (default: the only one, or the default one)',
      values: { live: 'api' },
    },
    '--framework <framework>': {
      description: 'name the variables as its SDK does: next, nuxt, spa (Vite), express, express-api',
      values: frameworkNames,
      parse: parseFramework,
    },
    '--reveal-secrets': "include the application's client secret, and with --framework a new secret for its cookies",
  },
  calls: 'nothing',
  examples: ['local env --format dotenv', 'local env --framework next', 'local env --format json'],
  notes: `The values are those of the tenant while anon-cli local start serves it. Node.js trusts the certificate authority in \
NODE_EXTRA_CA_CERTS only if the variable is set when it starts, so not from --env-file. In a shell that has them (--format env), \
commands of anon-cli use that server; --profile local uses the embedded tenant again.`,
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const access = await accessLocalTenantAlone(context, options);
    const { app, api } = await appValues(access, requestedAppAndApi(context, options));
    const { issuer } = access.tenant;
    const local = await context.local();
    const served = await local.servedAt();
    const { host, origin } = new URL(served?.url ?? issuer);
    const isConfidential = app.authMethod !== 'none';
    if (isConfidential && !options.revealSecrets && options.framework === undefined) {
      context.warn(`${app.name} is confidential, and its secret is left out. To include it: --reveal-secrets`);
    }
    const isRevealed = isConfidential && options.revealSecrets;
    const secret = isRevealed ? (await requestingApp(access.tenant, app)).clientSecret : undefined;
    const jwks = `${origin}${jwksPath}`;
    const control = await local.controlAddress();
    const authority = served ? (served.ca ?? undefined) : (await (await context.certificates()).authority()).path;
    const ofApp = {
      url: origin,
      issuer,
      clientId: app.clientId,
      clientSecret: secret,
      audience: api.audience,
      authority,
    };
    if (options.framework !== undefined) {
      const reveals = options.revealSecrets === true;
      const named = variablesFor(context, options.framework, { app, values: ofApp, reveals });
      return printResult(context, options, {
        ...{ data: { ...named }, variables: named, verbatim: true },
        human: () => shownLines(context, named),
      });
    }
    const values = { ...appVariables(ofApp), ...controlVariables(control) };
    printResult(context, options, {
      data: {
        domain: host,
        base_url: origin,
        issuer,
        jwks_uri: jwks,
        client_id: app.clientId,
        ...(secret !== undefined && { client_secret: secret }),
        audience: api.audience,
        ca: authority ?? null,
        ...(control && { control_url: control.url }),
        ...(control?.token !== undefined && { control_token: control.token }),
      },
      variables: values,
      verbatim: true,
      human: () => shownLines(context, values),
    });
  },
});

/** The lines of a `.env` file. Values that a terminal or the log of a CI job might act on are left out, with a warning. */
function shownLines({ warn }: Pick<Context, 'warn'>, values: Readonly<Record<string, string>>): string {
  const members = variables(values);
  const harmless = members.filter(({ text }) => text === printable(text));
  const { lines, leftOut } = dotenvLines(harmless);
  for (const { name } of members) {
    if (leftOut.includes(name)) warn(leftOutWarning(name));
    else if (!harmless.some((member) => member.name === name)) {
      warn(`${name} is left out: its value has characters that a terminal or a log might act on. To see it: --json`);
    }
  }
  return lines;
}

/** @throws {AnonError} `usage` */
function parseFramework(text: string): FrameworkName {
  return knownWord(text, frameworkNames, 'framework');
}

/** The variables of a framework. Says on stderr what is left out, and what is new. */
function variablesFor(
  { warn, aside }: Pick<Context, 'warn' | 'aside'>,
  framework: FrameworkName,
  { app, values, reveals }: { readonly app: App; readonly values: AppValues; readonly reveals: boolean },
): Readonly<Record<string, string>> {
  const { sdk, secrets, needsClientSecret, hintFor } = frameworkFacts(framework);
  const isPublic = app.authMethod === 'none';
  if (isPublic && needsClientSecret) {
    warn(`${app.name} has no secret, and ${sdk} needs one: anon-cli app create <name> --type regular_web --enable`);
  }
  const named = [isPublic ? undefined : secrets.client, secrets.session].filter((name) => name !== undefined);
  if (!reveals && named.length > 0) {
    warn(`${named.join(' and ')} ${named.length === 1 ? 'is' : 'are'} left out. To include secrets: --reveal-secrets`);
  }
  if (values.url.startsWith('http:')) {
    warn(`${sdk} accepts only HTTPS, and this tenant speaks plain HTTP: anon-cli local exec --https`);
  }
  const sessionSecret = reveals && secrets.session !== undefined ? newSessionSecret() : undefined;
  if (sessionSecret !== undefined)
    aside(`${secrets.session} is new. With another value, the sessions of your app end.`);
  const hint = hintFor?.(values);
  if (hint !== undefined) aside(hint);
  return frameworkVariables(framework, { ...values, sessionSecret });
}

/** The application and the API that the user names. */
interface Wanted {
  readonly app?: string | undefined;
  readonly api?: string | undefined;
}

/**
 * The application and the API that a guest of an app of one's own needs: those named, or the profile's, or the only ones. They
 * may still be disabled. @throws {AnonError} `usage`, `gate_closed` or `not_found` when it can't be decided
 */
export async function appValues(
  { tenant, profile }: Access,
  { app, api }: Wanted = {},
): Promise<{ app: App; api: RequestedApi }> {
  return { app: await appOf({ tenant, profile }, app), api: await apiOf({ tenant, profile }, api) };
}

async function appOf({ tenant, profile }: Access, named: string | undefined): Promise<App> {
  if (named !== undefined || profile.app) return chooseApp(tenant, { named, chosen: profile.app });
  const apps = await listApps(tenant);
  const likely = likelyApp(apps);
  if (likely) return likely;
  const undecided = undecidedApp(tenant, apps);
  // A disabled one will do where it is named.
  if (apps.length < 2 || undecided.code !== 'gate_closed') throw undecided;
  throw reworded(undecided, {
    hint: `Name one: --app <app>, or enable one: anon-cli app enable <app>${tenant.selection}`,
  });
}

async function apiOf({ tenant, profile }: Access, named: string | undefined): Promise<RequestedApi> {
  if (named !== undefined || profile.api) return chooseApi(tenant, { named, chosen: profile.api });
  const apis = await listApis(tenant);
  const likely = likelyApi(apis);
  if (likely) return likely;
  throw undecidedApi(tenant, apis);
}
