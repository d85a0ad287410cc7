import { describe, expect, it } from 'vitest';
import type { SecretStore } from '../../../src/domain/profile/profile.ts';
import { tokenCache } from '../../../src/io/store/management-token.ts';
import { secretFiles } from '../../../src/io/store/secret-files.ts';
import { noon } from '../../support/domain.ts';
import { temporaryFolder } from '../../support/folder.ts';

const token = {
  issuer: 'https://acme.example/',
  clientId: 'tool',
  audience: 'https://acme.example/api/v2/',
  token: 'a-management-token',
  endsAtMs: noon,
};

function opened() {
  const data = temporaryFolder();
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const secrets = secretFiles({ folders: { config: data, data }, now: () => noon, warn });
  const keeperOf = (profile: string, store: SecretStore = secrets) => tokenCache(async () => store, profile, warn);
  return { secrets, warnings, keeperOf };
}

describe('a saved Management API token', () => {
  it('belongs to its profile until it is removed', async () => {
    const { keeperOf } = opened();
    const cache = keeperOf('acme');
    await cache.put(token);
    await cache.put({ ...token, scope: 'read:clients' });
    expect(await cache.get()).toEqual({ ...token, scope: 'read:clients' });
    expect(await keeperOf('other').get()).toBeUndefined();
    await cache.remove();
    expect(await cache.get()).toBeUndefined();
  });

  it.each(['not JSON', '{"token":7}'])('that is %s is ignored', async (text) => {
    const { secrets, keeperOf } = opened();
    await secrets.put('management-token/acme', text);
    expect(await keeperOf('acme').get()).toBeUndefined();
  });

  it('that cannot be saved causes a warning, not a failure', async () => {
    const { secrets, warnings, keeperOf } = opened();
    const full: SecretStore = {
      ...secrets,
      put: async () => {
        throw new Error('no space is left');
      },
    };
    await keeperOf('acme', full).put(token);
    expect(warnings).toEqual([expect.stringContaining('The Management API token of profile acme could not be kept')]);
    expect(warnings.join()).not.toContain(token.token);
  });
});
