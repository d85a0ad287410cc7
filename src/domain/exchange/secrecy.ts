// Looked for at the start of a word only: from every letter on, a long one would take its length squared.
const tokenShaped = /(?<![\w-])[\w-]{12,}\.[\w-]*\.[\w-]+(\.[\w-]+){0,2}/g;

/**
 * Text that a tenant sent, fit for an error: anything that looks like a token, and each of `secrets`,
 * is masked. A well-behaved tenant never repeats one; the tool does not count on it.
 */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[] = []): string {
  return secrets.reduce<string>(
    (masked, secret) => (secret ? masked.replaceAll(secret, '***') : masked),
    text.replaceAll(tokenShaped, '***'),
  );
}

// A JOSE header is a JSON object, so every token begins with the base64url of `{"`.
const tokenBegun = /(?<![\w-])eyJ[\w-]{8,}\.[\w.-]*/g;

/** Text that may hold what a user typed, without tokens, whole or cut short: any may have been put in the wrong place. */
export function withoutTokens(text: string): string {
  return text.replaceAll(tokenBegun, '***');
}
