import { isJsonObject } from '../../wire/schema.ts';
import { redactSecrets } from './redact.ts';

/** The error code and description in the body of a refusal. */
export interface ErrorBody {
  /** The service's own code, or `http_<status>`. Secrets are masked, here and in `description`. */
  readonly error: string;
  /** The service's own words, shortened; may be empty. */
  readonly description: string;
  /** Both unmasked, for comparison and never for output: masking a short secret may change any word. */
  readonly sent: { readonly error: string; readonly description: string };
}

const maxCharacters = 300;

/**
 * Reads the body of a refusal, whatever its shape: OAuth's, the Management API's, or a proxy's. It may repeat what was
 * sent, so each of `secrets` is masked before anything is shortened.
 * @see RFC 6749, section 5.2; management-api, section 2.1
 */
export function readErrorBody(
  { status, body }: { readonly status: number; readonly body: unknown },
  secrets: readonly (string | undefined)[] = [],
): ErrorBody {
  const unnamed = `http_${status}`;
  const outer = isJsonObject(body) ? body : {};
  const inner = isJsonObject(outer.error) ? outer.error : {};
  const error = firstText(outer.errorCode, outer.error, inner.code) ?? unnamed;
  const description =
    firstText(outer.error_description, outer.message, inner.message, outer.detail, outer.description) ?? '';
  return {
    error: redactSecrets(error, secrets).slice(0, 80),
    description: shortened(redactSecrets(description, secrets)),
    sent: { error, description },
  };
}

/** The tenant's description, to append to a message that only guesses the cause: ` The tenant reported: "…"`. */
export function quotedReason(description: string): string {
  return description === '' ? '' : ` The tenant reported: "${description}"`;
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value.trim() !== '');
}

function shortened(text: string): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}…`;
}
