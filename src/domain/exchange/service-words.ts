import { isJsonObject } from '../../wire/schema.ts';

/** What a refusal says of itself. */
export interface ServiceWords {
  /** The service's own code; `http_<status>` where it has none. */
  readonly error: string;
  /** In its own words, shortened; empty where it has none. */
  readonly description: string;
}

/** No description that helps is longer. */
const mostCharacters = 300;

/**
 * The words of a refusal, whichever shape it has: OAuth's, the Management API's, or that of something on the way. They
 * may repeat what was sent: `withoutSecrets` comes before they are shown.
 * @see RFC 6749, section 5.2; management-api, section 2.1
 */
export function serviceWords({ status, body }: { readonly status: number; readonly body: unknown }): ServiceWords {
  const unnamed = `http_${status}`;
  if (!isJsonObject(body)) return { error: unnamed, description: '' };
  const inner = isJsonObject(body.error) ? body.error : {};
  const error = firstText(body.errorCode, body.error, inner.code) ?? unnamed;
  const description = firstText(body.error_description, body.message, inner.message, body.detail, body.description);
  return { error: error.slice(0, 80), description: shortened(description ?? '') };
}

/** The same behind a message of ours, which may only guess: ` The tenant says: "…"`. */
export function saying(description: string): string {
  return description === '' ? '' : ` The tenant says: "${description}"`;
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value.trim() !== '');
}

function shortened(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;
}
