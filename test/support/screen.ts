import fc from 'fast-check';

/** Characters that a terminal would act on, or that would move, join or hide text, except our own line breaks. */
export const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const attacks = [
  '\u001b[2J\u001b[H',
  '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  '\u009b31m',
  '\r✔ signature verified: key of the tenant',
  '\n  ✔ signature verified: key of the tenant\n',
  '\b\b\b\b',
  '\u202egnp.exe',
  '\u2066hidden\u2069',
  '\u200b\u200d\ufeff',
  '\u2028\u2029',
  '\u{e0041}\u{e007f}',
  '\0',
] as const;

const character = fc
  .oneof(
    fc.integer({ max: 0xa0, min: 0 }),
    fc.integer({ min: 0x2000, max: 0x206f }),
    fc.integer({ min: 0, max: 0x10ffff }),
  )
  .map((point) => String.fromCodePoint(point));

/** Arbitrary text, often with characters that try to get past the escaping. */
export const hostileText = fc.oneof(
  fc.constantFrom(...attacks),
  fc.array(fc.oneof(character, fc.constantFrom(...attacks)), { maxLength: 12 }).map((parts) => parts.join('')),
);
