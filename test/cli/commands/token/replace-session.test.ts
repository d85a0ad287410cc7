import { describe, expect, it } from 'vitest';
import { openMachine } from '../../../support/command.ts';

describe('token update --replace', () => {
  it.each(['preview', 'ea'] as const)(
    'starts a session with a new guest and the merged metadata, in %s',
    async (edition) => {
      const machine = await openMachine({ edition });
      const first = (
        await machine.done('token', 'create', '--session', 'cart', '--meta', 'a=1', '--meta', 'b=1', '--json')
      ).json;
      const was = first.decoded.access_token.claims.sub;
      machine.clock.forward(60);
      const options = ['--meta', 'b=2', '--meta', 'c=3', '--unset', 'a', '--replace'];
      const { stdout, stderr } = await machine.done('token', 'update', ...options);
      expect(stdout).toMatch(/^✔ Session replaced: a new guest with the merged metadata\n/);
      const { json } = await machine.done('session', 'show', '--lineage', '--json');
      expect(json).toMatchObject({ name: 'cart', metadata: { b: '2', c: '3' } });
      expect(json.guest_id).not.toBe(was);
      expect(json.lineage).toEqual([
        { guest_id: json.guest_id, until: null },
        { guest_id: was, until: new Date(machine.clock.now()).toISOString() },
      ]);
      expect(stderr).toBe(`warning: The guest id changed from ${was} to ${json.guest_id}.\n`);
      expect((await machine.done('session', 'show', '--lineage')).stdout).toMatch(
        /GUEST +CURRENT\n\S+ +now\n\S+ +until 20/,
      );
    },
  );

  it('is needed in edition ea, for the given session', async () => {
    const { done, run } = await openMachine({ edition: 'ea' });
    await done('token', 'create', '--session', 'cart');
    await done('token', 'create');
    expect(await run('token', 'update', '--session', 'cart', '--meta', 'a=1')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('anon-cli token update --meta <key=value> --replace --session cart\n'),
    });
  });

  it('needs a saved session', async () => {
    const { run } = await openMachine();
    expect(await run('token', 'update', '--session-token', 'x', '--replace')).toMatchObject({
      code: 2,
      stderr: "error: --replace and --session-token can't be combined: only a saved session can be replaced.\n",
    });
  });
});
