import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { run } from '../support/bin.ts';
import { openBrowser } from '../support/browser.ts';
import { authorityOf, installedHome, npmStart, readmeCommands } from '../support/example.ts';
import { serve } from '../support/local-server.ts';

describe.each<EditionName>(['preview', 'ea'])('examples/spa, edition %s', (edition) => {
  it('shows a guest and what the API answers, from three commands', async () => {
    const { home, env } = installedHome();
    const { code } = await run(home, ['quickstart', '--edition', edition]);
    expect(code).toBe(0);
    await serve(home, [], ['--port', '0', '--json']);
    const page = await npmStart('examples/spa', env);

    const browser = await openBrowser(await authorityOf(home));
    onTestFinished(() => browser.close());
    const tab = await browser.newPage();
    await tab.goto(page);
    const shown = tab.locator('#products:has-text("espresso"), #problem:not(:empty)');
    expect(await shown.textContent()).toBe('espresso, filter coffee');
    expect(await tab.locator('#guest').textContent()).toMatch(edition === 'preview' ? /^anon\|/ : /^anon@/);
    await tab.getByRole('button', { name: 'Leave' }).click();
    await tab.getByText('nobody').waitFor();
  }, 120_000);
});

it('the API of the example has at most 20 lines, and its README three commands', () => {
  expect(readFileSync('examples/spa/api.mjs', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  expect(readmeCommands('examples/spa')).toHaveLength(3);
});
