import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { localStartCommand } from '../src/cli/commands/local/start.ts';
import { route } from '../src/cli/program/route.ts';
import { parsed } from './support/command.ts';
import { instructionsIn } from './support/dockerfile.ts';

// biome-ignore lint/suspicious/noExplicitAny: the assertions of a test are what checks it
type Yaml = any;

function documentsIn(path: string): Yaml[] {
  return parseAllDocuments(readFileSync(path, 'utf8'), { merge: true, strict: true }).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS();
  });
}

const dockerfile = instructionsIn(readFileSync('Dockerfile', 'utf8'));
const exposed = Number(dockerfile.find(({ name }) => name === 'EXPOSE')?.text);
const reference = readFileSync('docs/reference.md', 'utf8');

/** The options of a command line of an instance, which must be one of `local start`. */
async function startOptions(words: readonly string[]): Promise<unknown> {
  expect(route([...words])).toMatchObject({ path: 'local start' });
  const [options] = await parsed(localStartCommand, ...words.slice(2));
  return options;
}

/** Variables that the program and libpq read, as docs/reference.md lists them. */
function expectDocumented(variables: readonly string[]): void {
  expect(variables.filter((name) => !reference.includes(`\`${name}`))).toEqual([]);
}

describe('the Compose file', () => {
  const [{ services, volumes }] = documentsIn('examples/shared-tenant/compose.yaml');
  const { database, ...tenants } = services;
  const instances: [string, Yaml][] = Object.entries(tenants);

  it('has a database with a volume and a health check, and two instances', () => {
    expect(Object.keys(volumes)).toEqual(['database']);
    expect(database.volumes).toEqual(['database:/var/lib/postgresql/data']);
    expect(database.healthcheck.test.slice(0, 2)).toEqual(['CMD', 'pg_isready']);
    expect(instances.map(([name]) => name)).toEqual(['tenant-1', 'tenant-2']);
  });

  it.each(instances)('runs %s as the program expects it, at the exposed port', async (_, service) => {
    expect(await startOptions(service.command)).toEqual({
      host: '0.0.0.0',
      port: String(exposed),
      domain: 'tenant.test',
      allowHost: service.networks.default.aliases,
      // No --no-control.
      control: true,
    });
    expect(service.build).toBe('../..');
    expect(service.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    // Published to this machine only.
    expect(service.ports).toEqual([expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:\\d+:${exposed}$`))]);
  });

  it.each(instances)('gives %s the address and the password of the database, apart', (_, { environment }) => {
    expectDocumented(Object.keys(environment));
    const { username, password, hostname, pathname } = new URL(environment.ANON_DATABASE_URL);
    const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD } = database.environment;
    expect([username, hostname, pathname, password]).toEqual([POSTGRES_USER, 'database', `/${POSTGRES_DB}`, '']);
    expect(environment.PGPASSWORD).toBe(POSTGRES_PASSWORD);
    expect(POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
  });
});

describe('the Kubernetes file', () => {
  const [deployment, service] = documentsIn('examples/shared-tenant/kubernetes.yaml');
  const { spec } = deployment.spec.template;
  const [container] = spec.containers;

  it('runs two pods as the program expects them, at the exposed port', async () => {
    expect([deployment.kind, deployment.spec.replicas, service.kind]).toEqual(['Deployment', 2, 'Service']);
    expect(await startOptions(container.args)).toMatchObject({ host: '0.0.0.0', port: String(exposed) });
    expect(container.args).toContain(`--allow-host=${service.metadata.name}`);
    expect(container.ports).toEqual([{ name: 'http', containerPort: exposed }]);
    expect(service.spec.ports).toEqual([{ name: 'http', port: exposed, targetPort: 'http' }]);
    expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
    expect(deployment.spec.selector.matchLabels).toEqual(service.spec.selector);
  });

  it('asks /health whether a pod is ready, and not whether it is alive', () => {
    expect(container.readinessProbe.httpGet).toEqual({ path: '/health', port: 'http' });
    expect(container.livenessProbe).toEqual({ tcpSocket: { port: 'http' } });
  });

  it('runs as the user of the image, and writes only to /data', () => {
    const user = dockerfile.find(({ name }) => name === 'USER')?.text;
    expect(`${spec.securityContext.runAsUser}:${spec.securityContext.fsGroup}`).toBe(user);
    expect(spec.securityContext.runAsNonRoot).toBe(true);
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    expect(container.volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
    expect(spec.volumes).toEqual([{ name: 'data', emptyDir: {} }]);
  });

  it('takes the password of the database from a secret', () => {
    expectDocumented(container.env.map(({ name }: { name: string }) => name));
    const [address, password] = container.env;
    expect(new URL(address.value).password).toBe('');
    expect(password.valueFrom.secretKeyRef).toEqual({ name: 'anon-tenant-database', key: 'password' });
  });
});
