import { expect, it } from 'vitest';
import { listenFailure } from '../../../src/io/embedded/listen-failure.ts';

const failed = (code: string, address = '127.0.0.1') => Object.assign(new Error('listen'), { code, address });
const another = 'Choose another: --port 4401';

it.each([
  [4400, {}, failed('EADDRINUSE'), 'Port 4400 is in use.', another],
  [4400, {}, failed('EADDRINUSE', '::1'), 'Port 4400 is in use on [::1].', another],
  [443, {}, failed('EACCES'), 'Port 443 needs elevated privileges.', another],
  [
    443,
    { domain: 'tenant.test' },
    failed('EACCES'),
    'Port 443 needs elevated privileges.',
    'Name another port in the domain, or put a proxy in front of one: anon-cli local start --domain tenant.test:4400',
  ],
  [
    4400,
    { address: '192.0.2.1' },
    failed('EADDRNOTAVAIL'),
    'This machine does not have the address 192.0.2.1.',
    'Choose one that it has, or all of them: anon-cli local start --host 0.0.0.0',
  ],
  [4400, {}, failed('EMFILE'), 'Port 4400 is not available (EMFILE).', another],
])('port %i with %j', (port, wanted, error, message, hint) => {
  expect(listenFailure(port, wanted, error)).toMatchObject({ code: 'failed', message, hint });
});
