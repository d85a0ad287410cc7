import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run, runShell } from '../support/bin.ts';
import { serve } from '../support/local-server.ts';

/** A home whose current profile is a tenant served by another process, with all gates closed. */
async function atADistance(edition: string) {
  const tenantHome = await homeAfter(['local', 'reset', '--yes', '--edition', edition]);
  const shown = await run(tenantHome, ['local', 'show', '--reveal-secrets', '--json']);
  const { management_client_id: id, management_client_secret: secret } = JSON.parse(shown.stdout);
  const served = await serve(tenantHome);
  const home = newHome();
  const env = { ANON_KEYRING: 'off' };
  const login = ['login', 'remote', '--domain', served.url, '--client-id', id, '--client-secret', '-'];
  expect(await run(home, login, { input: secret, env })).toMatchObject({ code: 0 });
  await run(home, ['profile', 'use', 'remote'], { env });
  return { served, doctor: (...args: string[]) => run(home, ['doctor', ...args], { env }), home, env };
}

describe.each(['preview', 'ea'])('doctor over HTTP, edition %s', (edition) => {
  it('finds closed gates, lists the commands that open them, and confirms that they worked', {
    timeout: 60_000,
  }, async () => {
    const { doctor, served, home, env } = await atADistance(edition);

    const closed = await doctor('--json');
    expect(closed.code).toBe(5);
    const { ok, checks } = JSON.parse(closed.stdout);
    expect(ok).toBe(false);
    expect(JSON.parse(closed.stderr).error).toMatchObject({ code: 'gate_closed', exit_code: 5 });

    const fixes = new Set<string>(checks.flatMap(({ fix }: { fix: string | null }) => fix ?? []));
    for (const fix of fixes) expect(await runShell(home, fix, { env })).toMatchObject({ code: 0 });
    const open = await doctor('--probe');
    expect(open).toMatchObject({ code: 0, stderr: '' });
    expect(open.stdout).toContain('✔ A guest of web can get a token for shop: read:catalog\n');

    await runShell(home, 'anon-cli api disable shop --revoke-grants', { env });
    const fixed = await doctor('--fix', '--yes', '--scopes', 'read:catalog', '--probe', '--json');
    expect(fixed).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(fixed.stdout)).toMatchObject({ ok: true, scopes: ['read:catalog'] });

    const matrix = await doctor('--matrix', '--json');
    expect(JSON.parse(matrix.stdout)).toMatchObject([{ app: { name: 'web' }, scopes: ['read:catalog'], open: true }]);
    expect((await doctor('--matrix', '--json')).stdout).toBe(matrix.stdout);

    await served.stop();
    const gone = await doctor();
    expect(gone.code).toBe(6);
    expect(gone.stdout).toMatch(/^✘ closed {3}reachable/);
  });
});
