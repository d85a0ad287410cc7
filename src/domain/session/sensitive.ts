import isCreditCard from 'validator/lib/isCreditCard.js';
import isIdentityCard from 'validator/lib/isIdentityCard.js';
import isTaxID from 'validator/lib/isTaxID.js';
import type { JsonObject } from '../../wire/schema.ts';

/** Something that should not be in metadata, which whoever holds the session token keeps, and an Action may log. */
export interface SensitiveValue {
  /** Where it is, dotted; nothing of the value. */
  readonly path: string;
  /** What it looks like: `a card number`. */
  readonly kind: string;
}

/**
 * What of the metadata looks like a card number, a national id, a password, a private key, a token or an API key. It
 * goes by checksums, known beginnings and the names of keys: a guess, and no proof either way.
 */
export function findSensitive(metadata: JsonObject): SensitiveValue[] {
  return Object.entries(metadata).flatMap(([key, value]) => inMember('', key, value));
}

function inMember(parent: string, key: string, value: unknown): SensitiveValue[] {
  const told = kindOfText(key) ? '(a key)' : key.slice(0, 60);
  const path = parent === '' ? told : `${parent}.${told}`;
  if (isPrivateJwk(value)) return [{ path, kind: 'a private key' }];
  if (typeof value === 'object' && value !== null) {
    const inside = Object.entries(value).flatMap(([name, inner]) => inMember(path, name, inner));
    return kindOfText(key) ? [{ path, kind: kindOfText(key) ?? '' }, ...inside] : inside;
  }
  const kind = kindOfText(key) ?? kindOfValue(key, value);
  return kind === undefined ? [] : [{ path, kind }];
}

function kindOfValue(key: string, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  if (text === '') return undefined;
  return kindOfText(text) ?? (isNationalIdCalledSo(key, text) ? 'a national id' : kindByName(key));
}

function kindOfText(text: string): string | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)) return 'a private key';
  if (apiKey.test(text)) return 'an API key';
  if (token.test(text)) return 'a token';
  if (/[a-z]:\/\/[^\s/:@]*:[^\s/@]+@/i.test(text)) return 'a password';
  if (candidates(text, cardNumber).some((digits) => isCreditCard.default(digits))) return 'a card number';
  return isNationalId(text) ? 'a national id' : undefined;
}

/** Three or more parts of base64url whose first begins as a JOSE header does, or a session token of today's tenants. */
const token = /(?:^|[^\w-])(?:ANONYMOUS_SESSION_)?eyJ[\w-]{8,}\.[\w-]*\.[\w.-]*|ANONYMOUS_SESSION_[\w-]{8}/;

/** By what services put before theirs: Stripe, GitHub, GitLab, Slack, AWS, Google, OpenAI and Anthropic, npm, SendGrid. */
const apiKey = new RegExp(
  `(?:^|[^\\w-])(?:${[
    '[sr]k_(?:live|test)_\\w{10,}',
    'gh[pousr]_\\w{20,}',
    'github_pat_\\w{20,}',
    'glpat-[\\w-]{16,}',
    'xox[abeprs]-[\\w-]{10,}',
    '(?:AKIA|ASIA)[A-Z0-9]{16}',
    'AIza[\\w-]{30,}',
    'sk-[\\w-]{20,}',
    'npm_\\w{30,}',
    'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  ].join('|')})`,
);

const cardNumber = /(?<![\w.-])\d(?:[ -]?\d){12,18}(?![ -]?\w)/g;

/** As people write them; a number without its dots, dashes or letters may be any number. */
const nationalIds: readonly { form: RegExp; isOne: (text: string) => boolean }[] = [
  // Spain, DNI and NIE: digits and a letter that follows from them.
  { form: /\b[XYZ\d]\d{7}-?[A-Z]\b/gi, isOne: (text) => isIdentityCard.default(text.replace('-', ''), 'ES') },
  // Italy, codice fiscale.
  {
    form: /\b[A-Z]{6}\w{2}[A-Z]\w{2}[A-Z]\w{3}[A-Z]\b/gi,
    isOne: (text) => isTaxID.default(text.toUpperCase(), 'it-IT'),
  },
  // Brazil, CPF.
  { form: /\b\d{3}\.\d{3}\.\d{3}-\d{2}\b/g, isOne: (text) => isTaxID.default(text, 'pt-BR') },
  // India, Aadhaar.
  { form: /\b[2-9]\d{3} \d{4} \d{4}\b/g, isOne: (text) => isIdentityCard.default(text, 'IN') },
  // China, with the date of birth in it.
  { form: /\b[1-9]\d{5}(?:19|20)\d{9}[\dX]\b/gi, isOne: (text) => isIdentityCard.default(text, 'zh-CN') },
  // United States, social security number: it has no checksum, but numbers that were never given.
  { form: /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g, isOne: () => true },
];

function isNationalId(text: string): boolean {
  return nationalIds.some(({ form, isOne }) => candidates(text, form).some(isOne));
}

/** Digits alone, under a key that says what they are. */
function isNationalIdCalledSo(key: string, text: string): boolean {
  const digits = text.replaceAll(/[ .-]/g, '');
  const name = key.toLowerCase();
  if (/pesel/.test(name)) return isIdentityCard.default(digits, 'PL');
  if (/cpf/.test(name)) return isTaxID.default(digits, 'pt-BR');
  if (/aa?dhaa?r/.test(name)) return isIdentityCard.default(digits, 'IN');
  return /^(?:ssn|social_?security)/.test(name) && /^\d{9}$/.test(digits);
}

const nameOf = {
  'a password': ['password', 'passwd', 'pwd', 'passphrase', 'passcode', 'pin'],
  'a card number': ['cvv', 'cvc', 'cvv2'],
  'an API key': ['apikey', 'accesskey', 'secretkey', 'privatekey'],
  'a token': ['accesstoken', 'refreshtoken', 'idtoken', 'authtoken', 'bearertoken', 'apitoken'],
  'a secret': ['secret', 'credential', 'credentials'],
};

/** `userPassword`, `user_password`, `user-password`: what counts is how it ends, `password_changed` is none. */
function kindByName(key: string): string | undefined {
  const words = key.split(/[^A-Za-z\d]+|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
  const [last, lastTwo] = [words.at(-1) ?? '', words.slice(-2).join('')];
  return Object.entries(nameOf).find(([, names]) => names.includes(last) || names.includes(lastTwo))?.[0];
}

function isPrivateJwk(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('kty' in value)) return false;
  return 'd' in value || (value.kty === 'oct' && 'k' in value);
}

function candidates(text: string, form: RegExp): readonly string[] {
  return text.match(form) ?? [];
}
