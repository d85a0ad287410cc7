import { AnonError } from '../../errors.ts';

/** `--seed-random <n>`, the same for every command that makes a tenant. */
export const seedRandomOption = {
  description: 'for tests alone: make the same keys, ids and tokens in every run, which anyone can predict',
  parse: parseSeed,
} as const;

/** `--seed <world>`, of commands that make a tenant. */
export const seedOption = {
  description: "what the tenant has: a YAML or JSON file, as for local seed; '-' for stdin",
  values: { file: true },
} as const;

/** @throws {AnonError} `usage` */
function parseSeed(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a seed.`, {
    hint: 'Give a whole number of at most 15 digits: --seed-random 42',
  });
}

/** What a tenant with a seed exposes. */
export const predictableWarning =
  'The keys of this tenant follow from a seed (--seed-random): anyone can make its tokens. Use it for tests alone.';
