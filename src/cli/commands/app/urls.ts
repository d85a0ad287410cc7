import { allowanceOf, allowedOrigins, urlsIn } from '../../../domain/app/allowed-origins.ts';
import type { App } from '../../../domain/app/app.ts';
import { findApp } from '../../../domain/app/find.ts';
import { originOf } from '../../../domain/app/origin.ts';
import { checkUrls, memberOf, planUrlChange, type UrlListName, urlNoun } from '../../../domain/app/urls.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { appData, originData, renderOrigins, renderUrls } from '../../render/app.ts';
import { printable } from '../../render/printable.ts';
import { type Access, accessTenant } from '../../tenant/access.ts';
import { changeTenant, type WriteOptions, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

const appArgument = 'its name or client id';

export const appOriginsListCommand = defineCommand({
  description: 'list the allowed origins of an application, and the settings that allow them',
  args: { '<app>': appArgument },
  calls: 'tenant',
  result: 'list',
  examples: ['app origins list web', 'app origins list web --json'],
  notes: `Pages on these origins may call the guest endpoints: those in web_origins and allowed_origins, and those of the \
callbacks.`,
  async run(context, { app: reference }, options) {
    const { app, selection } = await readApp(context, reference, options);
    const origins = allowedOrigins(app);
    printResult(context, options, {
      data: origins.map(originData),
      human: (paint) => (origins.length === 0 ? emptyText('origins', app, selection) : renderOrigins(paint, origins)),
    });
  },
});

export const appOriginsAddCommand = defineCommand({
  description: 'let pages on an origin call the guest endpoints as an application',
  args: { '<app>': appArgument, '<origins...>': 'scheme, host and port: http://localhost:3000' },
  options: writeOptions,
  calls: 'tenant',
  examples: ['app origins add web http://localhost:3000', "app origins add web 'https://*.example.com' --dry-run"],
  notes: `Added to web_origins, which silent logins need too. A wildcard stands for one subdomain; quote it, or the shell may \
replace it. The local tenant also accepts http://localhost:* for any port.`,
  run: (context, { app, origins }, options) => changeUrls(context, 'origins', { app, add: origins }, options),
});

export const appOriginsRemoveCommand = defineCommand({
  description: 'stop pages on an origin from calling the guest endpoints as an application',
  args: {
    '<app>': appArgument,
    '<origins...>': { description: 'allowed origins of the application', values: { live: 'origins' } },
  },
  options: writeOptions,
  calls: 'tenant',
  examples: ['app origins remove web http://localhost:3000 --dry-run', 'app origins remove web http://localhost:3000'],
  notes: `Removed from web_origins and allowed_origins. For the origin of a callback, remove the callback: anon-cli app \
callbacks remove`,
  run: (context, { app, origins }, options) => changeUrls(context, 'origins', { app, remove: origins }, options),
});

export const appCallbacksListCommand = defineCommand({
  description: 'list the callbacks of an application',
  args: { '<app>': appArgument },
  calls: 'tenant',
  result: 'list',
  examples: ['app callbacks list web', 'app callbacks list web --json'],
  run: (context, { app }, options) => listUrls(context, 'callbacks', app, options),
});

export const appCallbacksAddCommand = defineCommand({
  description: 'let logins of an application return to a URL',
  args: { '<app>': appArgument, '<urls...>': 'the whole URL: http://localhost:3000/callback' },
  options: writeOptions,
  calls: 'tenant',
  examples: ['app callbacks add web http://localhost:3000/callback', 'app callbacks add web com.example.app://login'],
  notes: 'The origin of a callback may also call the guest endpoints.',
  run: (context, { app, urls }, options) => changeUrls(context, 'callbacks', { app, add: urls }, options),
});

export const appCallbacksRemoveCommand = defineCommand({
  description: 'stop logins of an application from returning to a URL',
  args: {
    '<app>': appArgument,
    '<urls...>': { description: 'callbacks of the application', values: { live: 'callbacks' } },
  },
  options: writeOptions,
  calls: 'tenant',
  examples: [
    'app callbacks remove web http://localhost:3000/callback --dry-run',
    'app callbacks remove web http://localhost:3000/callback',
  ],
  run: (context, { app, urls }, options) => changeUrls(context, 'callbacks', { app, remove: urls }, options),
});

export const appLogoutUrlsListCommand = defineCommand({
  description: 'list the logout URLs of an application',
  args: { '<app>': appArgument },
  calls: 'tenant',
  result: 'list',
  examples: ['app logout-urls list web', 'app logout-urls list web --json'],
  run: (context, { app }, options) => listUrls(context, 'logout-urls', app, options),
});

export const appLogoutUrlsAddCommand = defineCommand({
  description: 'let logouts of an application return to a URL',
  args: { '<app>': appArgument, '<urls...>': 'the whole URL: http://localhost:3000' },
  options: writeOptions,
  calls: 'tenant',
  examples: [
    'app logout-urls add web http://localhost:3000',
    'app logout-urls add web http://localhost:3000 --dry-run',
  ],
  run: (context, { app, urls }, options) => changeUrls(context, 'logout-urls', { app, add: urls }, options),
});

export const appLogoutUrlsRemoveCommand = defineCommand({
  description: 'stop logouts of an application from returning to a URL',
  args: {
    '<app>': appArgument,
    '<urls...>': { description: 'logout URLs of the application', values: { live: 'logout-urls' } },
  },
  options: writeOptions,
  calls: 'tenant',
  examples: [
    'app logout-urls remove web http://localhost:3000 --dry-run',
    'app logout-urls remove web http://localhost:3000',
  ],
  run: (context, { app, urls }, options) => changeUrls(context, 'logout-urls', { app, remove: urls }, options),
});

async function readApp(
  context: Context,
  reference: string,
  options: GlobalOptions,
): Promise<{ app: App; selection: string }> {
  const { tenant } = await accessTenant(context, options);
  return { app: await findApp(tenant, reference), selection: tenant.selection };
}

async function listUrls(
  context: Context,
  list: Exclude<UrlListName, 'origins'>,
  reference: string,
  options: GlobalOptions,
): Promise<void> {
  const { app, selection } = await readApp(context, reference, options);
  const urls = urlsIn(app, memberOf(list));
  printResult(context, options, {
    data: urls.map((url) => ({ url })),
    human: (paint) => (urls.length === 0 ? emptyText(list, app, selection) : renderUrls(paint, urls)),
  });
}

const examples: Readonly<Record<UrlListName, string>> = {
  origins: 'http://localhost:3000',
  callbacks: 'http://localhost:3000/callback',
  'logout-urls': 'http://localhost:3000',
};

function emptyText(list: UrlListName, { name }: App, selection: string): string {
  const command = `anon-cli app ${list} add ${shellWord(name)} ${examples[list]}${selection}`;
  return `${printable(name)} has no ${urlNoun(list)}s. Add one: ${printable(command)}\n`;
}

interface Change {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

async function changeUrls(
  context: Context,
  list: UrlListName,
  { app: reference, add = [], remove = [] }: Change & { readonly app: string },
  options: WriteOptions,
): Promise<void> {
  const plan = async ({ tenant }: Access) => {
    checkUrls(tenant, list, add);
    const app = await findApp(tenant, reference);
    return { selection: tenant.selection, plan: await planUrlChange(tenant, app, list, { add, remove }) };
  };
  await changeTenant(context, options, plan, {
    data: (app) => appData(app),
    headline: (app, paint, { selection }) => {
      const still = list === 'origins' ? stillAllowed(app, remove, selection) : '';
      return `${headline(app, list, { add, remove })}${still && `\n${paint.dim(`  ${still}`)}`}`;
    },
  });
}

/** True of an application that already was this way, too. */
function headline({ name }: App, list: UrlListName, { add = [], remove = [] }: Change): string {
  const urls = printable([...add, ...remove].join(', '));
  const no = remove.length > 0 ? 'no longer ' : '';
  if (list === 'origins') return `${printable(name)} ${no}allows pages on ${urls}`;
  const noun = `${urlNoun(list)}${add.length + remove.length > 1 ? 's' : ''}`;
  return `${printable(name)} ${no}has the ${noun} ${urls}`;
}

/** What else allows an origin that was removed. */
function stillAllowed(app: App, removed: readonly string[], selection: string): string {
  const left = removed.filter((origin) => typeof allowanceOf(app, originOf(origin) ?? origin) === 'object');
  if (left.length === 0) return '';
  const command = `anon-cli app origins list ${shellWord(app.name)}${selection}`;
  return `still allowed by another setting: ${printable(left.join(', '))}\n  to see which: ${printable(command)}`;
}
