import type { Document, DocumentNode } from '../document/node.ts';
import { type Place, type Problem, placeText, problemAt } from '../document/problem.ts';
import { isLikeClientSecret, secretIn } from '../document/secret-text.ts';

/** A key or value that looks like a secret. */
export interface FoundSecret {
  readonly text: string;
  readonly problem: Problem;
}

/** Every key and value that looks like a secret: the file is meant to be read by others. */
export function secretsIn({ root }: Document): FoundSecret[] {
  const found: FoundSecret[] = [];
  const look = (text: unknown, place: Place): void => {
    if (typeof text !== 'string') return;
    const kind = secretIn(text) ?? (isLikeClientSecret(text) ? 'a client secret' : undefined);
    if (kind === undefined) return;
    const hint = 'Remove it, and replace the secret if others have seen it.';
    found.push({ text, problem: problemAt(place, `This looks like ${kind}; a configuration holds no secrets.`, hint) });
  };
  const walk = (node: DocumentNode): void => {
    if (node.kind === 'scalar') look(node.value, node.place);
    else if (node.kind === 'list') for (const item of node.items) walk(item);
    else {
      for (const [key, { place, value }] of node.entries) {
        look(key, place);
        walk(value);
      }
    }
  };
  walk(root);
  return found;
}

/** Other problems without those that might quote a secret: the part of it that a message would show. */
export function withoutQuotes(problems: readonly Problem[], secrets: readonly FoundSecret[]): Problem[] {
  const parts = secrets.map(({ text }) => text.slice(0, 20));
  const places = new Set(secrets.map(({ problem }) => placeText(problem)));
  return problems.filter(
    (problem) =>
      !places.has(placeText(problem)) &&
      !parts.some((part) => problem.message.includes(part) || problem.hint?.includes(part)),
  );
}
