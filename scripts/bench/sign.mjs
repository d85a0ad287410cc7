// A child of the bench: the machine's highest signing rate, with asynchronous node:crypto and one reused key object.
import { generateKeyPairSync, sign } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';

const { signatures } = JSON.parse(process.argv[2]);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const data = Buffer.alloc(500, 'x');
let left = signatures;
const from = performance.now();
await Promise.all(
  Array.from({ length: 2 * availableParallelism() }, async () => {
    while (left > 0) {
      left -= 1;
      await new Promise((resolve, reject) =>
        sign('sha256', data, privateKey, (error) => (error ? reject(error) : resolve())),
      );
    }
  }),
);
process.send((signatures / (performance.now() - from)) * 1000);
