import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome } from '../support/bin.ts';
import { blocks, commandOf, job, newProject, onRunner, project, shop, variables } from '../support/ci-page.ts';
import { jsonOf, serve } from '../support/local-server.ts';

describe('docs/ci.md', () => {
  it('has recipes that run unchanged', async () => {
    const home = newHome();
    project(home);
    const env = { SHOP_URL: await shop() };
    const printed: string[] = [];
    for (const script of blocks('sh')) {
      const { code, stdout, stderr } = await job(home, script, env);
      expect({ script, code, stderr: code === 0 ? '' : stderr }).toEqual({ script, code: 0, stderr: '' });
      printed.push(stdout);
    }
    const all = printed.join('');
    expect(all.match(/^e2e with a guest$/gm)).toHaveLength(2);
    expect(all.match(/^tested 200$/gm)).toHaveLength(1);
    expect(all.match(/^catalog$/gm)).toHaveLength(1);
    expect(all.match(/^deployed$/gm)).toHaveLength(2);
  });

  it('has recipes that stop a job when guests cannot get a token', async () => {
    const home = newHome();
    project(home);
    const gated = blocks('sh').filter((script) => script.includes('deploy.sh') || script.includes('e2e.mjs'));
    expect(gated).toHaveLength(2);
    for (const script of [...gated, 'make e2e', 'make deploy']) {
      const { code, stdout } = await job(home, script);
      expect(code, script).not.toBe(0);
      expect(stdout).not.toMatch(/^(deployed|e2e with a guest)$/m);
    }
    expect((await job(home, gated[1] ?? '')).code).toBe(5);
  });

  it('has a Makefile whose targets each run alone and without saved guests', async () => {
    const setUp = blocks('sh')[0] ?? '';
    const fresh = newHome();
    project(fresh);
    expect(await job(fresh, `${setUp}make verify`)).toMatchObject({ code: 0 });
    writeFileSync(join(fresh, 'guest.env'), 'ACCESS_TOKEN=stale\n');
    const { code, stdout } = await job(fresh, 'make e2e');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^e2e with a guest$/m) });
    expect(statSync(join(fresh, 'guest.env')).mode & 0o777).toBe(0o600);
  });

  it('detects unreviewed settings for guests', async () => {
    const home = newHome();
    const [setUp = '', review = '', look = ''] = blocks('sh').filter((script) => /setup|--matrix/.test(script));
    expect((await job(home, setUp + review + look)).code).toBe(0);
    const more = 'anon-cli api scopes add shop read:orders > /dev/null\n';
    expect((await job(home, more + look)).code).toBe(1);
  });

  it('has a workflow that runs on a tenant over HTTP without a token in its log', async () => {
    const home = newHome();
    project(home);
    await job(home, blocks('sh')[0] ?? '');
    const { url } = await serve(home);
    const credentials = await jsonOf<Record<string, string>>(home, ['local', 'show', '--reveal-secrets']);
    const known: Record<string, string> = {
      'vars.AUTH0_DOMAIN': url,
      'vars.AUTH0_CLIENT_ID': credentials.management_client_id ?? '',
      'secrets.AUTH0_CLIENT_SECRET': credentials.management_client_secret ?? '',
    };
    const [workflow = ''] = blocks('yaml');
    const [head = '', ...steps] = workflow.split(/^ {6}- /m);
    const output = join(home, 'step-output');
    const added = join(home, 'step-path');
    writeFileSync(added, '');
    const checkout = newProject();
    const masked = new Set<string>();
    let log = '';
    for (const step of steps.filter((text) => text.includes('run:'))) {
      writeFileSync(output, '');
      const env = { ...variables(head, known), ...variables(step, known), GITHUB_OUTPUT: output, GITHUB_RUN_ID: '7' };
      const { code, stdout, stderr } = await job(checkout, onRunner(checkout, added) + commandOf(step), {
        ...env,
        GITHUB_PATH: added,
      });
      expect({ step, code, stderr }).toEqual({ step, code: 0, stderr: '' });
      for (const [, secret] of stdout.matchAll(/^::add-mask::(.+)$/gm)) masked.add(secret ?? '');
      log += [...masked].reduce((text, secret) => text.replaceAll(secret, '***'), stdout);
      const [, id] = /^ +id: (.+)$/m.exec(step) ?? [];
      for (const [, name, value] of readFileSync(output, 'utf8').matchAll(/^(\w+)=(.*)$/gm)) {
        known[`steps.${id}.outputs.${name}`] = value ?? '';
      }
    }
    expect(masked.size).toBe(2);
    expect(log).toMatch(/^e2e with a guest$/m);
    expect(log).not.toMatch(/eyJ/);
  });
});
