import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { controlAccess, controlAddress } from '../../../src/io/embedded/control-address.ts';
import { announceControl, announcedControl } from '../../../src/io/embedded/control-file.ts';
import { fileLock } from '../../../src/io/embedded/serving-lock.ts';
import { testCertificates } from '../../support/certificates.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';

const address = { url: 'http://localhost:4400/_anon', token: 'one' };

function portsIn(folder = temporaryFolder()) {
  return {
    state: { file: join(folder, 'local-tenant.db') },
    certificates: testCertificates(join(folder, 'tls')),
    saved: join(folder, 'control'),
  };
}

async function announced(ports: ReturnType<typeof portsIn>, port = 4400, given: typeof address = address) {
  const remove = await announceControl(ports, port, given);
  onTestFinished(remove);
  return remove;
}

it('is saved for this user alone while the server runs, and leaves nothing behind', async () => {
  const ports = portsIn();
  expect(announcedControl(ports)).toBeUndefined();
  const remove = await announced(ports);
  expect(announcedControl(ports)).toEqual(address);
  expect([modeOf(ports.saved), modeOf(join(ports.saved, '4400.json'))]).toEqual(['700', '600']);
  remove();
  expect(announcedControl(ports)).toBeUndefined();
  expect(readdirSync(ports.saved)).toEqual([]);
});

it("is not that of another state's server", async () => {
  const ports = portsIn();
  await announced(ports);
  const other = { ...ports, state: { file: '/somewhere/else.db' } };
  expect(announcedControl(other)).toBeUndefined();
  expect(announcedControl(ports)).toEqual(address);
});

it('is that of another server of the state, once the first has ended', async () => {
  const ports = portsIn();
  const second = { url: 'http://localhost:4500/_anon', token: 'two' };
  const remove = await announced(ports);
  await announced(ports, 4500, second);
  remove();
  expect(announcedControl(ports)).toEqual(second);
});

it.each([
  ["a killed server's", JSON.stringify({ state: '', ...address })],
  ['a half-written one', '{"state":'],
  ['of another shape', '{"state":1,"url":2}'],
])('is not believed and is removed: %s', async (_, text) => {
  const ports = portsIn();
  mkdirSync(ports.saved, { recursive: true });
  writeFileSync(
    join(ports.saved, '4400.json'),
    text.replace('"state":""', () => `"state":"${ports.state.file}"`),
  );
  expect(announcedControl(ports)).toBeUndefined();
  expect(readdirSync(ports.saved)).toEqual([]);
});

it('waits for somebody who is looking', async () => {
  const ports = portsIn();
  mkdirSync(ports.saved, { recursive: true });
  const looking = fileLock(join(ports.saved, '4400.lock'));
  const begun = looking.alone(() => new Promise((done) => setImmediate(done)));
  await announced(ports);
  await begun;
  await looking.release();
  expect(announcedControl(ports)).toEqual(address);
});

it('is not saved where this user cannot write, and the server runs', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'control'), '');
  const ports = portsIn(folder);
  await announced(ports);
  expect(announcedControl(ports)).toBeUndefined();
  expect(existsSync(join(folder, 'control', '4400.json'))).toBe(false);
});

it('has a new token for each server, and none where none is needed', () => {
  const tokens = [controlAccess('token')?.token, controlAccess('token')?.token];
  expect(new Set(tokens).size).toBe(2);
  expect(tokens[0]).toMatch(/^[\w-]{43}$/);
  expect(controlAccess('open')).toEqual({ token: undefined });
  expect(controlAccess(undefined)).toBeUndefined();
});

it.each([
  ['https://localhost:4400', 'http://localhost:4400/_anon'],
  ['http://localhost:4400', 'http://localhost:4400/_anon'],
  ['https://192.0.2.7:4400', undefined],
])('of a server at %s is %s', (url, expected) => {
  const listening = { url, port: 4400, warmUp: async () => {}, close: async () => {} };
  expect(controlAddress(listening, { token: undefined })?.url).toBe(expected);
  expect(controlAddress(listening, undefined)).toBeUndefined();
});
