import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import type { PostgresServer } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the {@link SharedPostgres} of this run. */
    postgresOfRun: string;
  }
}

/** How the test files of a run reach the PostgreSQL server that they share. */
export type SharedPostgres = Pick<PostgresServer, 'password' | 'port' | 'folder' | 'template'>;

/** Starts one PostgreSQL server for all test files of a run, once the first of them asks for it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let postgres: Promise<PostgresServer> | undefined;
  const start = async () => (await import('./postgres.ts')).startPostgres();
  const server = createServer((_, response) => {
    postgres ??= start();
    postgres.then(
      ({ password, port, folder, template }) => response.end(JSON.stringify({ password, port, folder, template })),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('postgresOfRun', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    await postgres?.then((running) => running.stop()).catch(() => {});
  };
}
