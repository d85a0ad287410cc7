import type { App } from '../../../domain/app/app.ts';
import type { AppValues } from '../../../domain/app/app-variables.ts';
import {
  type FrameworkName,
  frameworkFacts,
  frameworkNames,
  frameworkVariables,
} from '../../../domain/app/framework-variables.ts';
import { newSessionSecret } from '../../../domain/app/session-secret.ts';
import { knownWord } from '../../options/parse.ts';
import type { Context } from '../../world/context.ts';

/** @throws {AnonError} `usage` */
export function parseFramework(text: string): FrameworkName {
  return knownWord(text, frameworkNames, 'framework');
}

/** The variables of a framework. Says on stderr what is left out, and what is new. */
export function variablesFor(
  { warn, aside }: Pick<Context, 'warn' | 'aside'>,
  framework: FrameworkName,
  { app, values, reveals }: { readonly app: App; readonly values: AppValues; readonly reveals: boolean },
): Readonly<Record<string, string>> {
  const { sdk, secrets, needsClientSecret } = frameworkFacts(framework);
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
  return frameworkVariables(framework, { ...values, sessionSecret });
}
