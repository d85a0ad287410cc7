import { startPostgres } from './postgres.ts';

// A process that has a PostgreSQL server until it is killed.
startPostgres().then(({ folder, port }) => process.stdout.write(`${JSON.stringify({ folder, port })}\n`));
setInterval(() => {}, 60_000);
