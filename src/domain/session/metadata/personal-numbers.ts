import isIdentityCard from 'validator/lib/isIdentityCard.js';
import isLuhnNumber from 'validator/lib/isLuhnNumber.js';
import isTaxID from 'validator/lib/isTaxID.js';

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
export function hasCardNumber(text: string): boolean {
  return candidates(text, cardNumber).some(isCardNumber);
}

function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  // The group after the four may be the code printed on the back.
  const numbers = digits === text ? [digits] : [digits, digits.slice(0, 16)];
  return numbers.some((number) => issued.test(number) && isLuhnNumber.default(number));
}

/** Whether a text has as many digits as a card, in any grouping, and their checksum. */
export function isLuhnOfCard(text: string): boolean {
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
export function hasNationalId(text: string): boolean {
  return nationalIds.some(({ form, isOne }) => candidates(text, form).some(isOne));
}

function candidates(text: string, form: RegExp): readonly string[] {
  return text.match(form) ?? [];
}
