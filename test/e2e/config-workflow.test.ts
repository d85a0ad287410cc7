import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newHome, run } from '../support/bin.ts';
import { blocks, commandOf, job, onRunner, variables } from '../support/ci-page.ts';
import { jsonOf, serve } from '../support/local-server.ts';

const workflow = blocks('yaml', readFileSync('docs/config.md', 'utf8')).find((text) => text.startsWith('name: ')) ?? '';

/** Like the program of the same name: without a comment to edit it fails, and it notes what it is asked. */
const gh = `#!/bin/sh
test "$GH_TOKEN" = a-token || exit 4
case "$*" in *--edit-last*) test -f commented || exit 1;; esac
cp plan.md commented
echo "$*" >> asked
`;

it('the workflow of docs/config.md comments a plan, applies it and finds drift', { timeout: 60_000 }, async () => {
  const home = newHome();
  const { url } = await serve(home);
  const credentials = await jsonOf<Record<string, string>>(home, ['local', 'show', '--reveal-secrets']);
  const known = {
    'vars.AUTH0_DOMAIN': url,
    'vars.AUTH0_CLIENT_ID': credentials.management_client_id ?? '',
    'secrets.AUTH0_CLIENT_SECRET': credentials.management_client_secret ?? '',
    'github.token': 'a-token',
    'github.event.number': '42',
  };
  const checkout = newHome();
  writeFileSync(join(checkout, 'anon.yaml'), 'tenant:\n  lifetime: 90d\napps:\n  web:\n    enabled: true\n');
  const added = join(home, 'step-path');
  writeFileSync(added, '');
  const [head = '', ...steps] = workflow.split(/^ {6}- /m);

  /** Runs the steps of an event; returns the exit code of the last one. */
  async function happens(event: string): Promise<number> {
    for (const step of steps.filter((text) => text.includes('run:'))) {
      const [, only] = /^ +if: github.event_name == '(\w+)'$/m.exec(step) ?? [];
      if ((only ?? event) !== event) continue;
      if (step.includes('npm ci') && readFileSync(added, 'utf8') !== '') continue;
      const tools = onRunner(checkout, added);
      writeFileSync(join(checkout, 'tools', 'gh'), gh, { mode: 0o755 });
      const env = { ...variables(head, known), ...variables(step, known), GITHUB_PATH: added, CI: 'true' };
      const { code, stderr } = await job(checkout, tools + commandOf(step), env);
      if (code !== 0) return code ?? -1;
      expect(stderr).toBe('');
    }
    return 0;
  }

  expect(await happens('pull_request')).toBe(0);
  expect(readFileSync(join(checkout, 'commented'), 'utf8')).toMatch(/^! lifetime: 30d → 90d$/m);
  expect(await happens('pull_request')).toBe(0);
  expect(readFileSync(join(checkout, 'asked'), 'utf8')).toBe(
    ['pr comment 42 --body-file plan.md', 'pr comment 42 --body-file plan.md --edit-last', ''].join('\n'),
  );
  expect(await happens('schedule')).toBe(10);
  expect(await happens('push')).toBe(0);
  expect(await happens('schedule')).toBe(0);
  expect((await run(home, ['tenant', 'set-lifetime', '1d'])).code).toBe(0);
  expect(await happens('schedule')).toBe(10);
});
