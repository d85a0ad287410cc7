import { describe, expect, it } from 'vitest';
import { exposureWarning, parseAddress } from '../../../../src/cli/commands/local/served-address.ts';

describe('--host', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['127.0.0.1', '127.0.0.1'],
    ['192.168.1.20', '192.168.1.20'],
    ['::', '::'],
    ['[::]', '::'],
    ['FD00:0::1', 'fd00::1'],
    ['[fd00::1]', 'fd00::1'],
  ])('takes %s', (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  it.each([
    '',
    '*',
    'localhost',
    'tenant.test',
    '127.1',
    '256.0.0.1',
    '010.0.0.1',
    '0',
    '0.0.0.0:4400',
    '[::',
    ':::',
    '1:2',
    'http://0.0.0.0',
  ])('refuses %j', (text) => {
    expect(() => parseAddress(text)).toThrow(`'${text}' is not an IP address.`);
  });

  it.each([undefined, '127.0.0.1', '127.0.0.2', '::1'])('%s opens nothing', (address) => {
    expect(exposureWarning(address, 4400)).toBeUndefined();
  });

  it.each([
    ['0.0.0.0', '0.0.0.0:4400'],
    ['192.168.1.20', '192.168.1.20:4400'],
    ['::', '[::]:4400'],
  ])('%s opens the tenant to the network', (address, place) => {
    expect(exposureWarning(address, 4400)).toContain(
      `The local tenant is open to the network at ${place}, over plain HTTP.`,
    );
  });
});
