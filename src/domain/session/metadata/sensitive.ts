import isIdentityCard from 'validator/lib/isIdentityCard.js';
import isLuhnNumber from 'validator/lib/isLuhnNumber.js';
import isTaxID from 'validator/lib/isTaxID.js';
import { metadataMaxBytes } from '../../../wire/metadata.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { secretIn } from '../../document/secret-text.ts';

/**
 * Something that does not belong in metadata: every holder of the session token can read it, and an Action may log it.
 */
export interface SensitiveValue {
  /** Its dotted path, without the value. */
  readonly path: string;
  /** `a card number`. */
  readonly kind: string;
}

/**
 * Finds values that look like a card number, a national id, a password, a private key, a token or an API key: by
 * checksums, known prefixes and the names of keys. A guess, not a proof either way.
 */
export function findSensitive(metadata: JsonObject): SensitiveValue[] {
  // Null removes a key.
  const members = Object.entries(metadata).filter(([, value]) => value !== null);
  return members.flatMap(([key, value]) => inMember('', key, value));
}

function inMember(parent: string, key: string, value: unknown): SensitiveValue[] {
  const kind = kindOfText(key);
  const shown = kind === undefined ? key.slice(0, 60) : '(a key)';
  const path = parent === '' ? shown : `${parent}.${shown}`;
  return [...(kind === undefined ? [] : [{ path, kind }]), ...inValue(path, key, value, kind !== undefined)];
}

/** Items of a list are checked under the list's name. */
function inValue(path: string, key: string, value: unknown, isReported: boolean): SensitiveValue[] {
  if (isPrivateJwk(value)) return [{ path, kind: 'a private key' }];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => inValue(`${path}.${index}`, key, item, false));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => inMember(path, name, inner));
  }
  const inside = typeof value === 'string' ? jsonIn(value) : undefined;
  if (inside !== undefined) {
    const found = inValue(path, key, inside, isReported);
    if (found.length > 0) return found;
  }
  const kind = isReported ? undefined : kindOfValue(key, value);
  return kind === undefined ? [] : [{ path, kind }];
}

/** More than metadata may have, and short enough to be parsed at any depth. */
const longestJson = 4 * metadataMaxBytes;

/** Where values can only be text, objects are written as JSON inside them. */
function jsonIn(text: string): unknown {
  if (text.length > longestJson || !/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function kindOfValue(key: string, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  if (text === '') return undefined;
  return kindOfText(text) ?? kindByName(key, text);
}

/** No pattern matches less than nine characters, and most keys and many values have less. */
function kindOfText(text: string): string | undefined {
  if (text.length < 9) return undefined;
  const secret = secretIn(text);
  if (secret !== undefined) return secret;
  if (hasCardNumber(text)) return 'a card number';
  return hasNationalId(text) ? 'a national id' : undefined;
}

const nameOf = {
  'a password': ['password', 'passwords', 'passwd', 'pwd', 'passphrase', 'passcode', 'pin'],
  'a card number': ['cvv', 'cvc', 'cvv2'],
  'an API key': ['apikey', 'apikeys', 'accesskey', 'secretkey', 'privatekey'],
  'a token': [
    ...['accesstoken', 'refreshtoken', 'idtoken', 'authtoken', 'bearertoken', 'apitoken', 'sessiontoken'],
    'authorization',
  ],
  'a secret': ['secret', 'secrets', 'credential', 'credentials'],
};

const cardNames = ['card', 'cardnumber', 'cardno', 'creditcard', 'ccnumber', 'pan'];

/** Many are only digits, as any number is. */
const nationalIdNames = [
  ...['nationalid', 'nationalidnumber', 'identitycard', 'idcard', 'idcardnumber', 'passportnumber', 'passportno'],
  ...['ssn', 'socialsecurity', 'socialsecuritynumber', 'nino', 'nationalinsurancenumber', 'taxid', 'steuerid'],
  ...['pesel', 'cpf', 'aadhaar', 'aadhar', 'adhaar', 'dni', 'bsn', 'cnp', 'curp', 'codicefiscale', 'personnummer'],
];

/**
 * `userPassword`, `user_password`, `user-password`: the end of the name counts, so `password_changed` does not match.
 */
function kindByName(key: string, text: string): string | undefined {
  if (/^(?:true|false|yes|no|on|off|none|null|undefined)$/i.test(text)) return undefined;
  const words = key.split(/[^A-Za-z\d]+|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
  const ends = [1, 2, 3].map((count) => words.slice(-count).join(''));
  const isCalled = (names: readonly string[]) => ends.some((end) => names.includes(end));
  if (isCalled(nationalIdNames) && /(?:\d\D*){5}/.test(text)) return 'a national id';
  if (isCalled(cardNames) && isLuhnOfCard(text)) return 'a card number';
  if (/^(?:token|jwt)$/i.test(key) && text.length >= 16) return 'a token';
  return Object.entries(nameOf).find(([, names]) => isCalled(names))?.[0];
}

function isPrivateJwk(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('kty' in value)) return false;
  return 'd' in value || (value.kty === 'oct' && 'k' in value);
}

// Card numbers and national ids, recognised by their forms and checksums.

/**
 * Digits in a row, or in the groups printed on cards: 4-4-4-4 with up to three more, 4-6-5 and 4-6-4. Not inside a
 * longer number, a grouped id, or a phone number with its country code.
 */
const cardNumber =
  /(?<![\w.+-])(?:\d{14,19}|\d{4}([ \u00a0-])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ \u00a0-])\d{6}\2\d{4,5})(?!\w|-\w)/g;

/**
 * Prefixes and lengths of the numbers of Visa, Mastercard, American Express, Diners Club, JCB, Discover, UnionPay and
 * Maestro. Visa's 13 digits are no longer issued, and article, order and phone numbers have that many.
 */
const issued =
  /^(?:4\d{15}(?:\d{3})?|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}(?:\d{3})?|62\d{14,17}|(?:50(?:18|20|38)|5893|6304|6759|676[1-3])\d{12})$/;

/** Whether a text contains a card number. */
function hasCardNumber(text: string): boolean {
  return candidates(text, cardNumber).some(isCardNumber);
}

function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  // The group after the four may be the code printed on the back.
  const numbers = digits === text ? [digits] : [digits, digits.slice(0, 16)];
  return numbers.some((number) => issued.test(number) && isLuhnNumber.default(number));
}

/** Whether a text has as many digits as a card, in any grouping, and their checksum. */
function isLuhnOfCard(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  return /^\d{13,19}$/.test(digits) && isLuhnNumber.default(digits);
}

/** As people write them; without its dots, dashes or letters, any number could match. */
const nationalIds: readonly { form: RegExp; isOne: (text: string) => boolean }[] = [
  // Spain, DNI and NIE: digits and a check letter.
  { form: /\b[XYZ\d]\d{7}-?[A-Z]\b/gi, isOne: (text) => isIdentityCard.default(text.replace('-', ''), 'ES') },
  // Italy, codice fiscale.
  {
    form: /\b[A-Z]{6}\w{2}[A-Z]\w{2}[A-Z]\w{3}[A-Z]\b/gi,
    isOne: (text) => isTaxID.default(text.toUpperCase(), 'it-IT'),
  },
  // Brazil, CPF.
  { form: /\b\d{3}\.\d{3}\.\d{3}-\d{2}\b/g, isOne: (text) => isTaxID.default(text, 'pt-BR') },
  // India, Aadhaar.
  { form: /(?<!\w[ -]?)[2-9]\d{3} \d{4} \d{4}(?![ -]?\w)/g, isOne: (text) => isIdentityCard.default(text, 'IN') },
  // China, with the date of birth in it.
  { form: /\b[1-9]\d{5}(?:19|20)\d{9}[\dX]\b/gi, isOne: (text) => isIdentityCard.default(text, 'zh-CN') },
  // Finland, with the date of birth in it, if it ends with a letter: order numbers look like the others.
  { form: /\b\d{6}[-+A]\d{3}[A-Y]\b/gi, isOne: (text) => isTaxID.default(text.toUpperCase(), 'fi-FI') },
  // United Kingdom, national insurance number: without a checksum, but some prefixes were never issued.
  {
    form: /\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] \d\d \d\d \d\d [A-D]\b/g,
    isOne: () => true,
  },
  // United States, social security number: without a checksum, but some numbers were never issued.
  { form: /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g, isOne: () => true },
];

/** Whether a text contains a national id. */
function hasNationalId(text: string): boolean {
  return nationalIds.some(({ form, isOne }) => candidates(text, form).some(isOne));
}

function candidates(text: string, form: RegExp): readonly string[] {
  return text.match(form) ?? [];
}
