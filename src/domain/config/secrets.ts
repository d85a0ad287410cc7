import type { Document, DocumentNode } from '../document/node.ts';
import { type Place, type Problem, problemAt } from '../document/problem.ts';
import { isLikeClientSecret, secretIn } from '../document/secret-text.ts';

/** A problem for every key and value that looks like a secret: the file is meant to be read by others. */
export function secretsIn({ root }: Document): Problem[] {
  const found: Problem[] = [];
  const look = (text: unknown, place: Place): void => {
    const kind = typeof text === 'string' ? (secretIn(text) ?? clientSecret(text)) : undefined;
    if (kind === undefined) return;
    found.push(
      problemAt(
        place,
        `This looks like ${kind}; a configuration holds no secrets.`,
        'Remove it, and replace the secret if others have seen it.',
      ),
    );
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

function clientSecret(text: string): string | undefined {
  return isLikeClientSecret(text) ? 'a client secret' : undefined;
}
