import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PostgresAddress, SslMode } from '../../../../src/local/store/postgres/address.ts';
import certificates from '../../../fixtures/tls.json' with { type: 'json' };
import { childProgram, exitOf } from '../../../support/child.ts';
import { addressOn, listeningProcess, serverOfFile } from '../../../support/postgres-store.ts';
import { rsa } from '../../../support/tokens.ts';

const key = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const server = serverOfFile({ tls: { cert: certificates.localhost, key } });

let startChild: Awaited<ReturnType<typeof childProgram>>;
let address: PostgresAddress;
beforeEach(async () => {
  startChild = await childProgram(new URL('../../../support/postgres-user.ts', import.meta.url));
  address = await addressOn(server());
});

interface User {
  readonly child: ChildProcess;
  /** What it prints first. */
  readonly line: string;
  readonly exit: Promise<number | null>;
}

/** Starts a process that uses the database. */
async function start(at: PostgresAddress, use: 'listening' | 'asking'): Promise<User> {
  const child = startChild(JSON.stringify(at), use);
  const exit = exitOf(child);
  const [line] = await once(child.stdout ?? child, 'data');
  return { child, line: String(line), exit };
}

async function endsItself({ child, exit }: User): Promise<void> {
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
}

describe.each<SslMode>(['disable', 'require'])('a process that does not close its database (sslmode %s)', (sslMode) => {
  it.each(['asking', 'listening'] as const)('ends with its last request: %s', async (use) => {
    const user = await start({ ...address, sslMode }, use);
    expect(user.line).toBe('revision 0');
    if (use === 'listening') await listeningProcess(address);
    await endsItself(user);
  });

  it('ends while the server does not answer', async () => {
    const user = await start({ ...address, sslMode }, 'listening');
    await listeningProcess(address);
    await server().freeze();
    await endsItself(user);
    await server().thaw();
  });

  it('ends while the server is down', async () => {
    const user = await start({ ...address, sslMode }, 'listening');
    await listeningProcess(address);
    await server().kill9();
    await endsItself(user);
    await server().start();
  });
});

it.each<[string, Partial<PostgresAddress>, string]>([
  ['a password that is not given', { password: undefined }, 'requires a password'],
  ['a wrong password', { password: 'wrong' }, 'refuses the password'],
  ['a certificate that is not trusted', { sslMode: 'verify-full', sslRootCert: 'system' }, 'with TLS: '],
])('a process ends that cannot open its database, because of %s', async (_, settings, message) => {
  const { line, exit } = await start({ ...address, ...settings }, 'asking');
  expect(line).toContain(message);
  expect(await exit).toBe(0);
});
