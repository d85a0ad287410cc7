import { hash } from 'node:crypto';
import { type NotedToken, type TokenKind, tokenKinds } from '../../wire/recorded-request.ts';
import type { Moment } from '../scope.ts';

/** Writes down the tokens among the members as short hashes, which tell tokens apart and give none away. */
export function noteTokens(
  { facts }: Moment,
  use: NotedToken['use'],
  members: { [kind in TokenKind]?: unknown },
): void {
  if (!facts) return;
  for (const kind of tokenKinds) {
    const token = members[kind];
    if (typeof token !== 'string' || token === '') continue;
    // An array that grows has room for sixteen more, and stays in memory with them.
    facts.tokens = [...(facts.tokens ?? []), { kind, use, sha256: hash('sha256', token, 'hex').slice(0, 8) }];
  }
}
