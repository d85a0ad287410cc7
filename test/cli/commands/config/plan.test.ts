import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changeDocument,
  documentNamed,
  freshMachine,
  type Machine,
  openMachine,
  servedTenant,
  useRemote,
} from '../../../support/command.ts';

const shop = 'https://api.shop.example';
const yaml = `tenant:
  lifetime: 90d
apps:
  web:
    enabled: true
    oidc-conformant: true
    origins: [http://localhost:3000]
apis:
  ${shop}:
    open: true
    token-lifetime: 25h
    scopes: [read:catalog]
claims:
  https://example.com/language: metadata.language
`;

async function ready(edition: 'preview' | 'ea' = 'ea'): Promise<{ machine: Machine; f: readonly [string, string] }> {
  const machine = await freshMachine({ edition });
  return { machine, f: ['-f', machine.file('anon.yaml', yaml)] };
}

it('config plan shows each setting, by object, and how many requests it took', async () => {
  const { machine, f } = await ready();
  const { stdout } = await machine.done('config', 'plan', ...f);
  expect(stdout.replaceAll(machine.folder, '').replaceAll(/\w{32}/g, '…')).toMatchInlineSnapshot(`
    "tenant localhost:4400
      ~ lifetime  30d → 90d
    application web (…)
      ~ enabled  false → true
      ~ origins  +http://localhost:3000 -http://127.0.0.1:* -http://localhost:* -https://127.0.0.1:* -https://localhost:*
    API shop (https://api.shop.example)
      ~ open            false → true
      + token-lifetime  25h
      + claims          https://example.com/language: metadata.language
      + scopes of web   read:catalog
    Plan: 7 settings of 3 objects will change in 4 writes; reading the tenant took 5 requests.
    Next: anon-cli config apply -f /anon.yaml
    "
  `);
  expect(
    (await machine.done('config', 'plan', ...f, '--format', 'markdown')).stdout.replaceAll(/\w{32}/g, '…'),
  ).toMatchInlineSnapshot(`
    "### Guest access: 7 settings of 3 objects will change at \`localhost:4400\`

    \`\`\`diff
    @@ tenant localhost:4400 @@
    ! lifetime: 30d → 90d
    @@ application web (…) @@
    ! enabled: false → true
    ! origins: +http://localhost:3000 -http://127.0.0.1:* -http://localhost:* -https://127.0.0.1:* -https://localhost:*
    @@ API shop (https://api.shop.example) @@
    ! open: false → true
    + token-lifetime: 25h
    + claims: https://example.com/language: metadata.language
    + scopes of web: read:catalog
    \`\`\`
    "
  `);
  expect((await machine.run('config', 'plan', ...f, '--exit-code')).code).toBe(10);
  machine.terminal.colour = true;
  expect((await machine.done('config', 'plan', ...f)).stdout).toContain('\u001b[33m~\u001b[39m open');
});

it('config plan names whose guests get the scopes of edition preview too', async () => {
  const { machine, f } = await ready('preview');
  await machine.done('app', 'create', 'blog');
  const plan = async (...options: string[]) => (await machine.done('config', 'plan', ...f, ...options)).stderr;
  expect(await plan()).toBe('');
  await machine.done('app', 'enable', 'blog');
  expect(await plan()).toContain(
    'warning: Edition preview gives the guests of every enabled application the same scopes: also those of blog, which ',
  );
  expect(await plan('--prune')).toBe('');
  await machine.done('config', 'apply', ...f, '--yes');
  expect(await plan()).toBe('');
});

it.each([
  ['preview', 'claims', `apis: { ${shop}: { open: true } }\nclaims: { https://example.com/a: metadata.a }\n`],
  ['ea', 'claims', 'apps: { web: { enabled: true } }\nclaims: { https://example.com/a: metadata.a }\n'],
  ['ea', `The scopes of ${shop}`, `apis: { ${shop}: { open: true, scopes: [read:catalog] } }\n`],
] as const)('config plan warns in edition %s where nobody in the file gets %s', async (edition, subject, text) => {
  const machine = await freshMachine({ edition });
  const plan = async (yaml: string) =>
    (await machine.done('config', 'plan', '-f', machine.file('anon.yaml', yaml))).stderr;
  expect((await plan(text)).replaceAll(/\s+/g, ' ')).toMatch(
    new RegExp(`warning: ${subject} ha(s|ve) no effect: edition ${edition}`),
  );
  // Where the file disables all, there is nobody to get anything.
  const closing = { preview: 'apps: { web: { enabled: false } }\n', ea: `apis: { ${shop}: { open: false } }\n` };
  if (subject === 'claims') {
    expect(await plan(`${closing[edition]}claims: { https://example.com/a: metadata.a }\n`)).toBe('');
  }
  expect(await plan(yaml)).toBe('');
});

it('config plan narrows to an application, an API, or the scopes between them', async () => {
  const { machine, f } = await ready();
  const kinds = async (...options: string[]) => {
    const { json } = await machine.done('config', 'plan', ...f, ...options, '--json');
    return [...new Set(json.changes.map(({ object }: { object: { kind: string } }) => object.kind))];
  };
  expect(await kinds()).toEqual(['tenant', 'grant', 'api', 'application']);
  expect(await kinds('--app', 'web')).toEqual(['grant', 'application']);
  expect(await kinds('--api', 'shop')).toEqual(['grant', 'api']);
  expect((await machine.run('config', 'plan', ...f, '--app', 'wbe')).stderr).toContain("Did you mean 'web'?");
});

it('config drift says that a failed apply did not set everything', async () => {
  const { machine, f } = await ready();
  const failAt = (route: string) =>
    machine.done('local', 'fault', 'add', '--method', 'PATCH', '--route', route, '--status', '400');
  await failAt('/api/v2/tenants/settings');
  await machine.run('config', 'apply', ...f, '--yes');
  expect(await machine.run('config', 'drift')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'Cannot tell: the last config apply to localhost:4400 failed before it set anything',
    ),
  });
  await machine.done('local', 'fault', 'clear');
  await failAt('/api/v2/clients/*');
  await machine.run('config', 'apply', ...f, '--yes');
  expect(await machine.done('config', 'drift')).toMatchObject({
    stdout: expect.stringContaining('No drift: localhost:4400 is as a failed config apply left it at '),
    stderr: expect.stringContaining('warning: The last config apply failed: only what it'),
  });
  await machine.done('local', 'fault', 'clear');
  await machine.done('config', 'apply', ...f, '--yes');
  expect(await machine.done('config', 'drift')).toMatchObject({
    stdout: expect.stringContaining('as config'),
    stderr: '',
  });
});

describe.each(['preview', 'ea'] as const)('in edition %s', (edition) => {
  it('a tenant is set to a file, changed behind the back of the tool, and taken back', async () => {
    const { machine, f } = await ready(edition);
    expect((await machine.run('config', 'drift')).stderr).toContain(
      'Cannot tell: this machine has not applied anything',
    );
    await machine.done('config', 'apply', ...f, '--yes');
    const token = (await machine.done('token', 'create', '--app', 'web', '--api', 'shop', '--json')).json;
    expect(token.scope).toBe('read:catalog');
    const again = await machine.done('config', 'apply', ...f, '--yes', '--json');
    expect(again.json).toMatchObject({ changes: [], writes: [], undo: null });
    expect((await machine.run('config', 'plan', ...f, '--exit-code')).code).toBe(0);
    expect((await machine.done('config', 'drift')).stdout).toContain('No drift');

    await machine.done('tenant', 'set-lifetime', '1d');
    const drift = await machine.run('config', 'drift', '--json');
    expect({ code: drift.code, changes: drift.json.changes }).toEqual({
      code: 10,
      changes: [
        { object: { kind: 'tenant' }, setting: 'lifetime', action: 'change', before: 7_776_000, after: 86_400 },
      ],
    });
    const refused = await machine.run('config', 'undo', '--yes');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain("Change 1 can't be taken back: lifetime of tenant settings changed since");

    await machine.done('config', 'apply', ...f, '--yes');
    expect((await machine.done('config', 'undo', '--yes', '--json')).json).toMatchObject({ undone: 2, undo: 3 });
    await machine.done('tenant', 'set-lifetime', '90d');
    expect((await machine.done('config', 'undo', '1', '--yes', '--json')).json).toMatchObject({ undone: 1, undo: 4 });
    const left = (await machine.done('config', 'plan', ...f, '--json')).json;
    expect(left.changes.length).toBe(
      (await (await ready(edition)).machine.done('config', 'plan', ...f, '--json')).json.changes.length,
    );
    const list = (await machine.done('config', 'undo', '--list', '--json')).json;
    expect(list.map(({ id, state }: { id: number; state: string }) => `${id} ${state}`)).toEqual([
      ...['4 undo', '3 undo', '2 undone', '1 undone'],
    ]);
  });
});

it('config apply asks, shows the plan, and sends nothing when the answer is no', async () => {
  const { machine, f } = await ready();
  expect((await machine.run('config', 'apply', ...f)).stderr).toContain('needs confirmation');
  machine.terminal.interactive = true;
  machine.answers.push(false);
  const declined = await machine.run('config', 'apply', ...f);
  expect(declined.stderr).toContain('lifetime  30d → 90d');
  expect(declined.stderr).toContain('Change declined; nothing was sent.');
  machine.answers.push(true);
  await machine.done('config', 'apply', ...f);
  expect(machine.questions).toEqual(['Apply to localhost:4400?', 'Apply to localhost:4400?']);
});

it('config apply leaves what others write between the plan and the request', async () => {
  const { machine, f } = await ready();
  machine.terminal.interactive = true;
  machine.answers.push(true);
  machine.meanwhile.push(async () => {
    const { id } = await documentNamed(machine.store, 'resource_server', 'shop');
    await changeDocument(machine.store, 'tenant', 'settings', {
      sessions: { oidc_logout_prompt_enabled: false, foreign: { kept: true } },
    });
    await changeDocument(machine.store, 'resource_server', String(id), {
      access_token: { foreign: 1 },
      subject_type_authorization: {
        client: { policy: 'deny_all' },
        user: { policy: 'require_client_grant' },
        anonymous_user: { policy: 'deny_all' },
      },
    });
  });
  await machine.done('config', 'apply', ...f);
  expect((await documentNamed(machine.store, 'tenant', 'settings')).sessions).toMatchObject({
    ...{ oidc_logout_prompt_enabled: false, foreign: { kept: true } },
    anonymous: { lifetime_in_minutes: 129_600 },
  });
  expect(await documentNamed(machine.store, 'resource_server', 'shop')).toMatchObject({
    access_token: { foreign: 1, claims_mapping: { custom_claims: [{ name: 'https://example.com/language' }] } },
    subject_type_authorization: {
      client: { policy: 'deny_all' },
      user: { policy: 'require_client_grant' },
      anonymous_user: { policy: 'require_client_grant' },
    },
  });
});

it('config apply stops at a setting that someone changed since the plan, and says what was done', async () => {
  const { machine, f } = await ready();
  machine.terminal.interactive = true;
  machine.answers.push(true);
  machine.meanwhile.push(async () => {
    const { id } = await documentNamed(machine.store, 'resource_server', 'shop');
    await changeDocument(machine.store, 'resource_server', String(id), {
      token_lifetime_for_anonymous_access_tokens: 100_000,
    });
  });
  const { code, stderr } = await machine.run('config', 'apply', ...f);
  expect(code).toBe(1);
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'Someone else has changed token-lifetime of API shop since it was planned.',
  );
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
    'Done: tenant settings, guest grant of web at shop. Not done: API shop, application web. Look at',
  );
  machine.answers.push(true);
  await machine.done('config', 'apply', ...f);
});

it('a saved plan is for its tenant and the values that it was made from', async () => {
  const { machine, f } = await ready();
  const out = join(machine.folder, 'plan.json');
  await machine.done('config', 'plan', ...f, '--out', out);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  await machine.done('tenant', 'set-lifetime', '7d');
  const moved = await machine.run('config', 'apply', out, '--yes');
  expect(moved).toMatchObject({ code: 1, stdout: '' });
  expect(moved.stderr.replaceAll(/\s+/g, ' ')).toContain('Someone has changed lifetime of tenant settings since');
  await machine.done('tenant', 'set-lifetime', '30d');
  await machine.done('config', 'apply', out, '--yes', '--parallel', '4');
  expect((await machine.done('config', 'apply', out, '--yes', '--json')).json).toMatchObject({
    changes: [],
    undo: null,
  });
  expect((await machine.run('config', 'plan', ...f, '--exit-code')).code).toBe(0);
  expect((await machine.done('config', 'drift')).stdout).toContain('No drift');

  const other = machine.file(
    'other.json',
    JSON.stringify({ ...JSON.parse(readFileSync(out, 'utf8')), issuer: 'https://acme.example/' }),
  );
  expect((await machine.run('config', 'apply', other, '--yes')).stderr).toContain(
    'is for acme.example, not for localhost:4400',
  );
  expect((await machine.run('config', 'apply', f[1], '--yes')).stderr).toContain('is not a plan of anon-cli');
  expect((await machine.run('config', 'apply', out, '--prune')).stderr).toContain(
    "--prune can't be combined with a saved plan",
  );
  expect((await machine.run('config', 'apply', ...f, '--parallel', '9')).stderr).toContain(
    '--parallel must be 1, 2, 3 or 4',
  );
});

it('--prune closes what the file does not open, and nothing else does', async () => {
  const machine = await openMachine({ edition: 'ea' });
  const f = ['-f', machine.file('anon.yaml', 'tenant:\n  lifetime: 90d\n')];
  expect((await machine.done('config', 'plan', ...f, '--json')).json.writes).toHaveLength(1);
  await machine.done('config', 'apply', ...f, '--prune', '--yes');
  expect((await machine.done('doctor', '--matrix', '--json')).json).toEqual([]);
  await machine.done('config', 'undo', '--yes');
  expect((await machine.done('doctor', '--matrix', '--json')).json).toHaveLength(1);
});

it('config diff compares two tenants, or a file and a tenant', async () => {
  const { machine, f } = await ready();
  const [, file] = f;
  const before = await machine.run('config', 'diff', 'local', file, '--exit-code');
  expect(before.code).toBe(10);
  expect(before.stdout).toContain('  + scopes of web   read:catalog\n');
  await machine.done('config', 'apply', ...f, '--yes');
  expect((await machine.done('config', 'diff', 'local', file, '--exit-code')).stdout).toContain('No differences');
  await useRemote(machine, await servedTenant(machine.clock));
  const { json } = await machine.done('config', 'diff', 'local', 'remote', '--json');
  expect(
    json.differences.map(({ setting, action }: Record<string, string>) => `${setting} ${action}`),
  ).toMatchInlineSnapshot(`
    [
      "lifetime change",
      "cookie remove",
      "enabled change",
      "oidc-conformant remove",
      "origins remove",
      "open change",
      "token-lifetime remove",
      "scopes remove",
      "claims remove",
    ]
  `);
});

it('a plan is judged by the policies: what it sets, and what it leaves as it is', async () => {
  const machine = await openMachine({ edition: 'ea' });
  const policies =
    'policies:\n  - max-session-lifetime: 60d\n  - forbidden-scopes: ["write:*"]\n    severity: warning\n';
  const file = machine.file('anon.yaml', `tenant:\n  lifetime: 90d\n${policies}`);
  const planned = await machine.run('config', 'plan', '-f', file);
  expect(planned.code).toBe(5);
  expect(planned.stdout).toContain(`${file}:2:13: error: `);
  expect(planned.stdout).toMatch(/warning: .*write:cart/);
  const applied = await machine.run('config', 'apply', '-f', file, '--yes');
  expect(applied).toMatchObject({ code: 5, stdout: '' });
  expect((await machine.done('tenant', 'show', '--json')).json.session_lifetime).toBe(2_592_000);
  const fine = machine.file('fine.yaml', `tenant:\n  lifetime: 50d\n${policies}`);
  const { json } = await machine.done('config', 'apply', '-f', fine, '--yes', '--json');
  expect(json.policies).toMatchObject([{ severity: 'warning', state: 'violated' }]);
  expect((await machine.done('config', 'plan', '-f', fine, '--format', 'markdown')).stdout).toContain('Policies:');
});

it('Markdown of an apply says what changed, and no name ends its block of code', async () => {
  const { machine } = await ready();
  const { client_id } = await documentNamed(machine.store, 'client', 'web');
  await changeDocument(machine.store, 'client', String(client_id), { name: '```web' });
  const file = machine.file(
    'anon.json',
    JSON.stringify({ apps: { [String(client_id)]: { enabled: true, 'oidc-conformant': true } } }),
  );
  const { stdout } = await machine.done('config', 'apply', '-f', file, '--yes', '--format', 'markdown');
  expect(stdout).toContain(
    '### Guest access: changed 1 setting of 1 object at `localhost:4400`\n\n````diff\n@@ application ```web',
  );
  expect(stdout.trimEnd().endsWith('\n````')).toBe(true);
});
