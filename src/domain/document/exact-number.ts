import type { DocumentNode, ScalarNode } from './node.ts';
import { type Problem, problemAt } from './problem.ts';

/** Whether a number, as it is written, would arrive as another one: whole numbers are exact up to 2^53, and some beyond. */
export function losesDigits(written: string): boolean {
  const value = Number(written);
  // `1e400` is not a number at all.
  if (!Number.isFinite(value)) return true;
  return (
    /^[-+]?(?:\d+|0x[\da-f]+|0o[0-7]+)$/i.test(written) && !Number.isSafeInteger(value) && isRounded(written, value)
  );
}

function isRounded(written: string, value: number): boolean {
  return BigInt(written.replace(/^\+/, '')) !== BigInt(value);
}

/** The numbers below a node that JSON would carry as another value, or as none. */
export function lostNumbers(node: DocumentNode): Problem[] {
  if (node.kind === 'map') return [...node.entries.values()].flatMap(({ value }) => lostNumbers(value));
  if (node.kind === 'list') return node.items.flatMap(lostNumbers);
  if (typeof node.value !== 'number' || !isLost(node, node.value)) return [];
  return /inf|nan/i.test(node.source)
    ? [problemAt(node.place, 'JSON has no such number.', 'In quotes it is a text.')]
    : [
        problemAt(
          node.place,
          'This number is too large: it would arrive as another number.',
          'Write it as text to keep every digit.',
        ),
      ];
}

/** What a variable had is not known here, but only what became of it. */
function isLost({ source, substituted }: ScalarNode, value: number): boolean {
  return substituted ? Math.abs(value) > Number.MAX_SAFE_INTEGER || Number.isNaN(value) : losesDigits(source);
}
