/**
 * What a text looks like if it is a secret: `a private key`, `an API key`, `a token` or `a password`. A guess by known prefixes
 * and forms, not a proof either way.
 */
export function secretIn(text: string): string | undefined {
  if (text.length < 9) return undefined;
  if (/-----BEGIN [A-Z ]*PRIVATE KEY|PuTTY-User-Key-File-\d|AGE-SECRET-KEY-1/.test(text)) return 'a private key';
  if (apiKey.test(text)) return 'an API key';
  if (token.test(text)) return 'a token';
  return /[a-z]:\/\/[^\s/:@]*:[^\s/@]+@/i.test(text) ? 'a password' : undefined;
}

/** Whether a text looks like a secret of any kind, so that no message may show it. */
export function isSecret(text: string): boolean {
  return secretIn(text) !== undefined || isLikeClientSecret(text);
}

/** Whether a text could be a client secret of the service, which has 64 characters and no prefix. */
export function isLikeClientSecret(text: string): boolean {
  return /^[\w-]{43,}$/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}

/**
 * Three or more base64url parts of which the first begins like a JOSE header, a session token as tenants issue it
 * today, or the value of an Authorization header.
 */
const token =
  /(?:^|[^\w-])(?:ANONYMOUS_SESSION_)?eyJ[\w-]{8,}\.[\w-]*\.[\w.-]*|ANONYMOUS_SESSION_[\w-]{8}|\bBearer [\w.~+/-]{20}/;

/**
 * By the prefixes of Stripe, GitHub, GitLab, Slack, AWS, Google, OpenAI and Anthropic, npm, SendGrid, Shopify, Hugging
 * Face and DigitalOcean.
 */
const apiKey = new RegExp(
  `(?:^|[^\\w-])(?:${[
    '(?:[sr]k_(?:live|test)|whsec)_\\w{10,}',
    'gh[pousr]_\\w{20,}',
    'github_pat_\\w{20,}',
    'glpat-[\\w-]{16,}',
    '(?:xox[abeprs]|xapp)-[\\w-]{10,}',
    '(?:AKIA|ASIA)[A-Z0-9]{16}',
    'AIza[\\w-]{30,}',
    'GOCSPX-[\\w-]{20,}',
    'ya29\\.[\\w-]{20,}',
    // With a capital and a digit, because a slug may have this prefix too.
    'sk-(?=[\\w-]*[A-Z])(?=[\\w-]*\\d)[\\w-]{20,}',
    'npm_\\w{30,}',
    'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
    'shp(?:at|ca|pa|ss)_\\w{20,}',
    'hf_\\w{30,}',
    'dop_v1_\\w{30,}',
  ].join('|')})`,
);
