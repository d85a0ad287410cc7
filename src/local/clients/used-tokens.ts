import { createHash } from 'node:crypto';
import type { TenantScope } from '../scope.ts';

/**
 * Whether a token that is good for one use has not been used before; from then on it has. Any process that
 * serves the state knows. What has expired is forgotten, since nobody takes it any more.
 */
export function useOnce(
  { store, clock }: TenantScope,
  { token, expiresAtSeconds }: { token: string; expiresAtSeconds: number },
): boolean {
  const id = createHash('sha256').update(token).digest('base64url');
  const now = clock() / 1000;
  return store.write((writer) => {
    for (const used of writer.list('used_token')) {
      if (Number(used.expires_at) < now) writer.remove('used_token', String(used.id));
    }
    if (writer.get('used_token', id)) return false;
    writer.put('used_token', id, { id, expires_at: expiresAtSeconds });
    return true;
  });
}
