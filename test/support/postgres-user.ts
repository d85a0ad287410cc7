import { openPostgres } from '../../src/local/store/postgres/database.ts';

// A process that uses a database as a server does, and never closes it. It goes on until SIGTERM, and then ends when
// nothing keeps it running.
const ports = { now: () => performance.now(), warn() {} };
const waiting = setInterval(() => {}, 60_000);
process.once('SIGTERM', () => clearInterval(waiting));

const [address = '', use] = process.argv.slice(2);
openPostgres(JSON.parse(address), ports)
  .then((database) => database.changesSince(0, use === 'listening'))
  .then(
    ({ revision }) => process.stdout.write(`revision ${revision}`),
    (error: Error) => {
      process.stdout.write(error.message);
      clearInterval(waiting);
    },
  );
