import { type CST, Lexer, Parser } from 'yaml';
import { type Place, type Problem, problemAt } from './problem.ts';

/** Far more than a file for anon-cli needs, and far below where the recursive composer runs out of stack. */
const maxDepth = 64;

type PlaceOf = (offset: number) => Place;

/**
 * Reads a text into tokens. Without them where it nests too deeply, or has something that the composer would not see, or place
 * badly.
 */
export function tokensOf(
  text: string,
  { onLine, placeOf }: { onLine: (offset: number) => void; placeOf: PlaceOf },
): { readonly tokens: readonly CST.Token[] } | { readonly problem: Problem } {
  const parser = new Parser(onLine);
  const tokens: CST.Token[] = [];
  // Its stack is a document and what is open in it. In depths like these the parser takes quadratic time.
  for (const lexeme of new Lexer().lex(text)) {
    if (parser.stack.length > maxDepth + 1) {
      return { problem: problemAt(placeOf(parser.offset), `This is nested more than ${maxDepth} levels deep.`) };
    }
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  const problem = firstProblem(tokens, placeOf);
  return problem ? { problem } : { tokens };
}

function firstProblem(tokens: readonly CST.Token[], placeOf: PlaceOf): Problem | undefined {
  for (const token of tokens) {
    const problem = unusable(token, placeOf) ?? firstProblem(inside(token), placeOf);
    if (problem) return problem;
  }
  return undefined;
}

function unusable(token: CST.Token, placeOf: PlaceOf): Problem | undefined {
  if (token.type === 'directive') {
    return problemAt(
      placeOf(token.offset),
      'A directive is not supported; the file is read as YAML 1.2.',
      'Remove it.',
    );
  }
  const quotes = { 'double-quoted-scalar': '"', 'single-quoted-scalar': "'" };
  const quote = token.type in quotes ? quotes[token.type as keyof typeof quotes] : undefined;
  // The composer reports it at the end of the file.
  if (quote && 'source' in token && (token.source.length < 2 || !token.source.endsWith(quote))) {
    return problemAt(placeOf(token.offset), `The text that begins here has no closing ${quote}`);
  }
  return undefined;
}

function inside(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap((item) => {
    const key = 'key' in item && item.key ? [item.key] : [];
    return 'value' in item && item.value ? [...key, item.value] : key;
  });
}
