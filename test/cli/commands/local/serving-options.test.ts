import { describe, expect, it } from 'vitest';
import {
  exposureWarning,
  parseAddress,
  placeWarning,
  portWarning,
} from '../../../../src/cli/commands/local/serving-options.ts';

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
    expect(exposureWarning(address, { port: 4400, url: 'https://localhost:4400' })).toBeUndefined();
  });

  it.each([
    ['0.0.0.0', '0.0.0.0:4400'],
    ['192.168.1.20', '192.168.1.20:4400'],
    ['::', '[::]:4400'],
  ])('%s opens the tenant to the network', (address, place) => {
    const opened = `The local tenant is open to the network at ${place}, over`;
    expect(exposureWarning(address, { port: 4400, url: 'http://localhost:4400' })).toContain(`${opened} plain HTTP. `);
    expect(exposureWarning(address, { port: 4400, url: 'https://localhost:4400' })).toContain(
      `${opened} HTTPS and plain HTTP. Whoever can connect gets guest tokens, can log in as every user without a password,`,
    );
  });
});

describe('the port of the issuer', () => {
  it.each([
    ['https://tenant.test/', 443],
    ['https://tenant.test:4400/', 4400],
    ['https://localhost:4400/', 4400],
  ])('is that of the server: %s at %i', (issuer, port) => {
    expect(portWarning({ issuer, port })).toBeUndefined();
  });

  it.each([
    [
      'https://tenant.test/',
      4400,
      'Apps that use the domain tenant.test connect to port 443, and the tenant listens on 4400. ' +
        'Start it with --port 443 or with --domain tenant.test:4400, or put a proxy in front.',
    ],
    [
      'https://tenant.test:8443/',
      443,
      'Apps that use the domain tenant.test:8443 connect to port 8443, and the tenant listens on 443. ' +
        'Start it with --port 8443 or with --domain tenant.test:443, or put a proxy in front.',
    ],
  ])('is not that of the server: %s at %i', (issuer, port, warning) => {
    expect(portWarning({ issuer, port })).toBe(warning);
  });
});

describe('the host of the issuer', () => {
  const add = 'add this line to the hosts file: 127.0.0.1';
  it.each([
    ['tenant.test', 'here', undefined],
    ['tenant.test', 'unknown', undefined],
    [
      'tenant.test',
      'nowhere',
      `The name tenant.test is unknown on this machine. To reach the tenant under it, ${add} tenant.test`,
    ],
    [
      'guests.localhost',
      'nowhere',
      `Browsers know that guests.localhost is this machine, but the system does not. For other programs, ${add} guests.localhost`,
    ],
    [
      'guests.example',
      'elsewhere',
      `guests.example leads to another machine. If it should lead here, ${add} guests.example`,
    ],
  ] as const)('%s leads %s', (host, place, warning) => {
    expect(placeWarning({ issuer: `https://${host}/` }, place)).toBe(warning);
  });
});
