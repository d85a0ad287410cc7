import type { Scene } from './scene.ts';

/** A command that runs against a hostile tenant. */
export interface HostileCommand {
  readonly argv: readonly string[];
  readonly stdin?: string;
  /** Prints its result so far on stdout even when it fails. */
  readonly reports?: true;
  /** Runs until Ctrl-C. */
  readonly endless?: true;
}

/** No failing command may show these. */
export const metadataValues = ['marker-of-the-note-4711', 'says "Grüße & küsse" <b>'];

/** The secret of the application, given on stdin. */
export const appSecret = 'app-secret-that-nobody-may-see-0815';

/** Sets what the scene has. */
const configuration = `apps: { closed: { enabled: true, oidc-conformant: true, origins: ['http://localhost:3000'] } }
claims: { language: metadata.language }
`;

/** One of each kind: reads, writes, token requests, decoding, diagnosis, set-up and lists. */
export function hostileCommands({ edition, tenant, client }: Scene): readonly HostileCommand[] {
  const ea = edition === 'ea';
  const [note, says] = metadataValues;
  const meta = ['--meta', `note=${note}`, '--meta', `says=${says}`];
  const secret = ['--client-secret', '-'];
  return [
    { argv: ['tenant', 'show'] },
    { argv: ['tenant', 'set-lifetime', '20d'] },
    { argv: ea ? ['tenant', 'set-cookie', 'off'] : ['tenant', 'set-format', 'jwt'] },
    { argv: ['app', 'list'] },
    { argv: ['app', 'show', 'server'] },
    { argv: ['app', 'create', 'kiosk', '--debug'] },
    { argv: ['app', 'enable', 'closed', ...(ea ? ['--oidc-conformant'] : [])] },
    { argv: ['api', 'list'] },
    { argv: ['api', 'enable', 'news', '--scopes', 'read:news', ...(ea ? ['--app', 'server'] : [])] },
    { argv: ['api', 'scopes', 'add', 'shop', 'read:orders', ...(ea ? ['--app', 'server'] : [])] },
    { argv: ['claims', 'set', 'language', 'metadata.language', ...(ea ? ['--api', 'shop'] : ['--app', 'server'])] },
    { argv: ['config', 'apply', '--file', '-', '--prune', '--yes'], stdin: configuration },
    // The tokens of an answer that is otherwise wrong are printed all the same: they are the only trace of a guest.
    { argv: ['token', 'create', '--app', 'server', ...meta, ...secret], stdin: appSecret, reports: true },
    { argv: ['token', 'create', '--count', '3', '--app', 'desk', ...meta, ...secret], stdin: appSecret, reports: true },
    { argv: ['token', 'update', ...(ea ? ['--replace'] : []), ...meta, '--debug'], reports: true },
    { argv: ['token', 'get', '--create', '--scope', 'read:catalog'] },
    { argv: ['token', 'verify', '--guest'], reports: true },
    { argv: ['token', 'transfer'] },
    { argv: ['token', 'watch'], reports: true, endless: true },
    { argv: ['token', 'logout'] },
    { argv: ['doctor', '--probe', '--app', 'server', '--api', 'shop', ...secret], stdin: appSecret, reports: true },
    { argv: ['doctor', '--matrix'], reports: true },
    { argv: ['setup', '--app', 'web', '--api', 'shop', '--scopes', 'read:catalog', ...meta, '--yes'], reports: true },
    {
      argv: ['login', 'other', '--domain', tenant.url, '--client-id', client.clientId, ...secret],
      stdin: client.clientSecret,
    },
  ];
}
