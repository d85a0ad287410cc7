/** What a terminal or the runner of a CI job would act on, or what is invisible: names come from the tenant. */
export const acting = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u3164]|^\s*::|##[a-z]*\[/iu;

/** A text without such characters: only texts in double quotes and comments may have them. */
export function withEscapes(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u3164]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
    })
    .replaceAll(/##(?=[a-z]*\[)/gi, '#\\u0023');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** A text in which nothing is a reference. */
export function escaped(text: string): string {
  return text.replaceAll('$\u007b', '$$$\u007b');
}
