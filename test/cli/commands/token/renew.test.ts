import { describe, expect, it } from 'vitest';
import { openMachine } from '../../../support/command.ts';

const day = 86_400;

describe('token renew', () => {
  it.each(['preview', 'ea'] as const)(
    'gets a new access token for the same guest and session in %s',
    async (edition) => {
      const machine = await openMachine({ edition });
      const created = (await machine.done('token', 'create', '--session', 'cart', '--meta', 'a=1', '--json')).json;
      machine.clock.forward(60);
      const { json } = await machine.done('token', 'renew', '--session', 'cart', '--json');
      expect(json.session_name).toBe('cart');
      expect(json.access_token).not.toBe(created.access_token);
      expect(json.decoded.access_token.claims.sub).toBe(created.decoded.access_token.claims.sub);
      const shown = (await machine.done('session', 'show', '--json')).json;
      expect(shown).toMatchObject({ metadata: { a: '1' }, access_token_expires_in: json.expires_in });
      // Where the answer has a new session token that is the one to go on with, with a full lifetime.
      expect(shown.session_expires_in).toBe(30 * day - (edition === 'ea' ? 60 : 0));
      const exported = (await machine.done('session', 'export', '--json')).json.sessions[0];
      expect(exported.session_token).toBe(json.session_token ?? created.session_token);
      expect(exported.access_token).toBe(json.access_token);
    },
  );

  it('accepts no metadata, and needs a session', async () => {
    const machine = await openMachine();
    expect(await machine.run('token', 'renew', '--meta', 'a=1')).toMatchObject({ code: 2 });
    expect(await machine.run('token', 'renew')).toMatchObject({ code: 1 });
  });
});
