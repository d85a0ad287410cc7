import { AnonError } from '../../errors.ts';

/** @throws {AnonError} `usage` */
export function onOrOff(text: string): boolean {
  if (text === 'on') return true;
  if (text === 'off') return false;
  throw new AnonError('usage', `'${text.slice(0, 40)}' is neither on nor off.`);
}
