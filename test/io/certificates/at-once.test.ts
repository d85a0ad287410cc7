import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { childProgram } from '../../support/child.ts';
import { temporaryFolder } from '../../support/folder.ts';

it('processes that start at the same time make one authority, and one certificate for all their names', async () => {
  const folder = temporaryFolder();
  const start = await childProgram(new URL('make-certificate.ts', import.meta.url));
  const children = await Promise.all(
    ['one.test', 'two.test', 'three.test'].map(async (name) => {
      const child = start(folder, name);
      let text = '';
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      await once(child.stdout ?? child, 'data');
      return { child, name, text: () => text };
    }),
  );
  const ended = children.map(({ child }) => once(child, 'close'));
  for (const { child } of children) child.stdin?.end();
  await Promise.all(ended);

  const authority = new X509Certificate(readFileSync(join(folder, 'tls', 'ca.pem')));
  expect(readdirSync(join(folder, 'tls')).sort()).toEqual(['ca-key.pem', 'ca.pem', 'server.pem']);
  for (const { name, text } of children) {
    expect(text()).not.toContain('warning');
    const certificate = new X509Certificate(text().replace('ready\n', ''));
    expect([name, certificate.verify(authority.publicKey), certificate.checkHost(name)]).toEqual([name, true, name]);
  }
  const last = new X509Certificate(readFileSync(join(folder, 'tls', 'server.pem')));
  for (const { name } of children) expect(last.checkHost(name)).toBe(name);
});
