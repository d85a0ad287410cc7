import { shellWord } from '../../../domain/shell-word.ts';
import { AnonError, isAnonError } from '../../../errors.ts';
import type { TrustStore } from '../../../io/certificates/trust-store.ts';
import { jwksPath } from '../../../wire/discovery.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

export const localCaCommand = defineCommand({
  description: "print the file of the local tenant's certificate authority, which clients must trust",
  calls: 'nothing',
  examples: ['local ca', 'local ca --json'],
  notes: `Creates the authority at first use. To use it once: curl --cacert "$(anon-cli local ca)" …, or \
NODE_EXTRA_CA_CERTS="$(anon-cli local ca)" node …. To make browsers trust it: anon-cli local trust`,
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const { path, fingerprint, notAfter, names } = await (await context.certificates()).authority();
    printResult(context, options, {
      data: { path, fingerprint, not_after: notAfter.toISOString(), names },
      human: () => `${path}\n`,
      // Scripts use the path, which must not be wrapped.
      verbatim: true,
    });
  },
});

interface TrustOptions extends GlobalOptions {
  readonly yes?: true;
  readonly remove?: true;
}

export const localTrustCommand = defineCommand({
  description: "show how browsers and tools trust the local tenant's HTTPS, and make your browser do it",
  options: {
    '-y, --yes': "add the authority to your own list of trusted ones; don't ask",
    '--remove': 'remove it from there',
  },
  calls: 'nothing',
  examples: ['local trust', 'local trust --remove'],
  notes: `Changes only your own list, with one command that it shows: the login keychain on macOS, the root certificates of \
your user on Windows, the certificates of Chrome and Chromium on Linux. Never share ca-key.pem, the key of the authority: who has \
it can pretend to be any website to whatever trusts the authority.`,
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    if (options.yes && options.remove)
      throw new AnonError('usage', '--yes adds the authority, and --remove removes it.');
    const certificates = await context.certificates();
    const { path, fingerprint, notAfter } = await certificates.authority();
    const store = await certificates.trustStore();
    const { trusted, changed } = await change(context, store, options);
    const { platform } = store;
    const address = (await addressOf(context)) ?? 'https://localhost:4400';
    const command = store.command.map(shellWord).join(' ');
    printResult(context, options, {
      data: { ca: path, fingerprint, not_after: notAfter.toISOString(), store: store.name, command, trusted, changed },
      human: (paint) =>
        `${changed ? `${paint.green('✔')} ` : ''}${outcome(store, { trusted, changed })}\n` +
        rows(paint, [
          ['certificate', printable(path)],
          ['SHA-256', fingerprint],
          ['until', notAfter.toISOString().slice(0, 10)],
          ...waysToTrust({ path, platform, command, address }),
          ['remove', 'anon-cli local trust --remove'],
        ]),
    });
  },
});

/** Whether the authority is in the list afterwards, unless that cannot be found out, and whether this command did it. */
async function change(
  { terminal, confirm }: Pick<Context, 'terminal' | 'confirm'>,
  store: TrustStore,
  { yes, remove }: TrustOptions,
): Promise<{ trusted: boolean | null; changed: boolean }> {
  const asks = !yes && !remove;
  const before = await store.has().catch((error) => {
    // Only an explanation is wanted, which needs no program.
    if (asks && isAnonError(error)) return null;
    throw error;
  });
  if (remove) {
    if (before) await store.remove();
    return { trusted: false, changed: before === true };
  }
  if (before !== false) return { trusted: before, changed: false };
  const agreed = yes ?? (terminal.interactive && (await confirm(`Add the authority to ${store.name}?`)));
  if (agreed) await store.add();
  return { trusted: agreed, changed: agreed };
}

function outcome(store: TrustStore, { trusted, changed }: { trusted: boolean | null; changed: boolean }): string {
  const authority = "The local tenant's certificate authority";
  if (changed) return trusted ? `Added to ${store.name}. Restart the browser.` : `Removed from ${store.name}`;
  if (trusted) return `${authority} is in ${store.name}`;
  return `${authority} is not in ${store.name}. To add it: anon-cli local trust --yes`;
}

/** Where the tenant answers: a server that runs, or else the saved issuer. Only an example, so nothing about it is an error. */
async function addressOf(context: Context): Promise<string | undefined> {
  try {
    const { localAddress } = await import('../../../io/embedded/names.ts');
    const running = (await context.servers()).list().find(({ url }) => url.startsWith('https:'));
    return running?.url ?? (await localAddress((await context.local()).state));
  } catch {
    return undefined;
  }
}

interface Authority {
  /** The file with its certificate. */
  readonly path: string;
  readonly platform: NodeJS.Platform;
  /** What adds it to the user's own list. */
  readonly command: string;
  /** Where the local tenant answers. */
  readonly address: string;
}

/** How each tool trusts a certificate authority: its name, and what to run or where to click. */
function waysToTrust(authority: Authority): readonly (readonly [tool: string, how: string])[] {
  const file = shellWord(authority.path);
  return [
    ['Node.js', `NODE_EXTRA_CA_CERTS=${file} node app.js`],
    ['curl', `curl --cacert ${file} ${new URL(jwksPath, authority.address)}`],
    ['Python', `REQUESTS_CA_BUNDLE=${file} for requests, SSL_CERT_FILE=${file} for others`],
    ['anon-cli', `--ca-file ${file}`],
    ...ofSystem(authority, file),
  ];
}

function ofSystem({ platform, command }: Authority, file: string): (readonly [string, string])[] {
  if (platform === 'darwin') {
    return [
      ['Safari, Chrome', command],
      ['Firefox', 'uses the keychain'],
    ];
  }
  if (platform === 'win32') {
    return [
      ['Edge, Chrome', command],
      ['Firefox', 'uses the certificates of Windows'],
    ];
  }
  return [
    ['Chrome, Chromium', command],
    ['Firefox', `Settings > Privacy & Security > View Certificates > Authorities > Import ${file}`],
    ['Debian, Ubuntu', `sudo cp ${file} /usr/local/share/ca-certificates/anon-cli.crt && sudo update-ca-certificates`],
    ['Fedora, RHEL', `sudo trust anchor ${file}`],
  ];
}
