import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The system's source of random bytes for secrets, where it is a device. @see random(4) */
const source = '/dev/urandom';

const length = 32;

/** 32 random bytes, as base64url. They come from a device where there is one: loading node:crypto takes as long as listening. */
export function randomSecret(device = source): string {
  return (bytesOf(device) ?? process.getBuiltinModule('node:crypto').randomBytes(length)).toString('base64url');
}

/** Undefined for anything but a device. */
function bytesOf(device: string): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(device, 'r');
    const bytes = Buffer.alloc(length);
    const isRead = fstatSync(descriptor).isCharacterDevice() && readSync(descriptor, bytes) === length;
    return isRead ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
