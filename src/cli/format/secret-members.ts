/** Names of members whose value is a secret. */
const secretName = /(^|_)(token|secret|assertion|verifier|ticket|password|private_key)$/i;

// Matches only at the start of a word: from every letter on, a long word would take quadratic time.
const dottedWord = /(?<![\w-])[\w-]+\.[\w.-]*/g;

export function isSecretMember(name: string): boolean {
  return secretName.test(name);
}

/** Every secret in a result, at any depth: members with a secret name, and everything that looks like a token. */
export function secretsIn(data: unknown, name = ''): string[] {
  if (typeof data === 'string') {
    const tokens = tokensIn(data);
    return isSecretMember(name) && data !== '' ? [data, ...tokens] : tokens;
  }
  if (Array.isArray(data)) return data.flatMap((item) => secretsIn(item, name));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => secretsIn(value, key));
}

/** A JOSE header is a JSON object, so every token begins with the base64url of `{"`. */
function tokensIn(text: string): string[] {
  return (text.match(dottedWord) ?? []).flatMap((word) => {
    const begin = word.indexOf('eyJ');
    return begin < 0 ? [] : [word.slice(begin)];
  });
}
