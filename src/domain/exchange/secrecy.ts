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
