import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * The rooms and packages that each room of src may import. `typesOf` may be imported as types only, and `lazily` by
 * import() or as types. A folder missing from this table fails the test until somebody adds it.
 */
interface Room {
  rooms: string[];
  packages?: string[];
  builtins?: string[];
  typesOf?: string[];
  lazily?: string[];
}

const house: Record<string, Room> = {
  errors: { rooms: [] },
  wire: { rooms: ['wire', 'errors'], packages: ['valibot'] },
  jose: { rooms: ['jose', 'wire', 'errors'], packages: ['jose'], builtins: ['node:buffer', 'node:crypto'] },
  domain: {
    rooms: ['domain', 'jose', 'wire', 'errors'],
    packages: ['jose', 'fastest-levenshtein', 'validator'],
    builtins: ['node:buffer', 'node:crypto'],
  },
  io: {
    rooms: ['io', 'wire', 'errors'],
    packages: [
      ...['conf', 'chalk', 'undici', 'enquirer', 'valibot', 'libsql', '@napi-rs/keyring'],
      // Certificates of the local tenant; the second is what the first is built on.
      ...['@peculiar/x509', 'reflect-metadata'],
    ],
    builtins: [
      // Users' Actions: their console, and how their files are loaded in their workers.
      ...[
        'node:async_hooks',
        'node:console',
        'node:module',
        'node:stream',
        'node:util',
        'node:vm',
        'node:worker_threads',
      ],
      // A keyring that does not answer can only be abandoned by ending the process that called it.
      'node:child_process',
      'node:crypto',
      'node:events',
      'node:fs',
      'node:fs/promises',
      'node:net',
      // The user database, where no variable gives the home folder.
      'node:os',
      'node:path',
      'node:timers/promises',
      'node:tls',
      // The library takes files as URLs, too.
      'node:url',
      'node:zlib',
      // Flags of the engine: undici's parser costs its compiler more than a short command.
      'node:v8',
    ],
    typesOf: ['domain'],
    lazily: ['local'],
  },
  local: {
    rooms: ['local', 'jose', 'wire'],
    packages: ['hono', '@hono/node-server', 'jose', 'libsql', 'pg'],
    builtins: ['node:crypto', 'node:events', 'node:fs', 'node:http', 'node:net', 'node:tls', 'node:url', 'node:util'],
  },
  cli: {
    rooms: ['cli', 'domain', 'io', 'jose', 'wire', 'errors'],
    packages: ['commander', '@optique/core'],
    builtins: ['node:path', 'node:util'],
    // The shapes of results are part of the library's public types.
    typesOf: ['local', 'library'],
  },
  // Its local tenant needs sockets, certificates and workers.
  library: { rooms: ['library', 'domain', 'jose', 'wire', 'errors'], lazily: ['io'] },
};

/** Packages that only these folders of a room may import: a file that a user wrote is checked where it is read. */
const packagesIn: Record<string, string[]> = {
  'domain/config': ['valibot', 'yaml'],
  'domain/document': ['valibot', 'yaml', '@valibot/to-json-schema'],
  'domain/world': ['valibot'],
};

/**
 * Inside a room, too, each folder imports only those before it. Files in a room's root are below its folders if listed
 * in `ground`, otherwise above them.
 */
const floors: Record<string, { ground: string[]; folders: string[] }> = {
  cli: {
    ground: ['exit-code'],
    folders: [
      ...['render', 'options', 'output', 'world', 'tenant', 'input'],
      ...['completion', 'format', 'commands', 'program'],
    ],
  },
  domain: {
    ground: [
      ...['clock', 'did-you-mean', 'duration', 'find-by-reference'],
      ...['lifetime', 'pem', 'shell-word', 'truncate'],
    ],
    folders: [
      'document',
      'exchange',
      'profile',
      'token',
      'plan',
      'api',
      'app',
      'user',
      'tenant',
      'session',
      'claims',
      'gates',
      'config',
      'world',
      'rehearsal',
    ],
  },
  io: {
    ground: ['clock', 'env'],
    folders: ['files', 'http', 'store', 'terminal', 'certificates', 'actions', 'embedded'],
  },
  local: {
    ground: ['random', 'scope'],
    folders: [
      'store',
      'tokens',
      'state',
      'http',
      'clients',
      'faults',
      'guests',
      'users',
      'actions',
      'login',
      'control',
      'routes',
      'rehearsal',
      'minting',
      'worlds',
    ],
  },
};

/** Imports only types from above: what every route is given. */
const typesBelow = ['local/scope.ts'];

/** The files that may read the clock or random numbers; everything else is given them. */
const doors = [
  'domain/app/app-variables.ts',
  'domain/exchange/management/private-key.ts',
  'domain/session/transfer.ts',
  'domain/user/new-password.ts',
  'library/connection.ts',
  'library/local/requests.ts',
  'local/control/request-ring.ts',
  'local/http/admission.ts',
  'local/http/first-byte.ts',
  'local/http/listen.ts',
  'local/random.ts',
  'local/store/postgres/listener.ts',
  'local/store/sqlite/state-file.ts',
  'local/tokens/keys.ts',
];

const source = resolve('src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(source, path), 'utf8');
    return { path, room: roomOf(path), text, code: text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '') };
  });

function roomOf(path: string): string {
  return (path.split(sep)[0] ?? '').replace(/\.ts$/, '');
}

interface Import {
  readonly target: string;
  readonly kind: 'static' | 'type' | 'dynamic';
}

function importsOf(text: string): Import[] {
  const names = String.raw`(?:\{[^}]*\}|\*(?: as \w+)?|\w+(?:, \{[^}]*\})?)`;
  const pattern = new RegExp(`^(?:import|export) (type )?(?:${names} from )?['"]([^'"]+)['"]`, 'gm');
  const statics = [...text.matchAll(pattern)].map(
    ([, type, target]) => ({ target: target ?? '', kind: type ? 'type' : 'static' }) as const,
  );
  const dynamics = [...text.matchAll(/import\(\s*['"]([^'"]+)['"]\s*\)/g)].map(
    ([, target]) => ({ target: target ?? '', kind: 'dynamic' }) as const,
  );
  return [...statics, ...dynamics];
}

function mayImport(room: Room, path: string, { target, kind }: Import): boolean {
  if (target.startsWith('node:')) return room.builtins?.includes(target) === true;
  if (!target.startsWith('.')) {
    const folder = path.split(sep).slice(0, 2).join('/');
    const packages = [...(room.packages ?? []), ...(packagesIn[folder] ?? [])];
    return packages.some((name) => target === name || target.startsWith(`${name}/`));
  }
  const place = relative(source, resolve(source, dirname(path), target));
  if (place.endsWith('package.json')) return true;
  const other = roomOf(place);
  if (room.rooms.includes(other)) return true;
  if (kind === 'type') return [...(room.typesOf ?? []), ...(room.lazily ?? [])].includes(other);
  return kind === 'dynamic' && room.lazily?.includes(other) === true;
}

/** The source files that a file imports, types included. */
function neighboursOf(path: string, text: string): string[] {
  return importsOf(text)
    .filter(({ target }) => target.startsWith('.'))
    .map(({ target }) => relative(source, resolve(source, dirname(path), target)))
    .filter((place) => !place.startsWith('..'));
}

/** The floor of a file in its room. */
function floorOf(path: string): number {
  const [room = '', folder = '', ...inside] = path.split(sep);
  const { ground, folders } = floors[room] ?? { ground: [], folders: [] };
  if (inside.length > 0) return folders.indexOf(folder) + 1;
  return ground.includes(folder.replace(/\.ts$/, '')) ? 0 : folders.length + 1;
}

/** Groups of more than two files that import each other in a cycle. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const reach = (from: string): Set<string> => {
    const seen = new Set<string>();
    for (const waiting = [from]; waiting.length > 0; ) {
      for (const next of graph.get(waiting.pop() ?? '') ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        waiting.push(next);
      }
    }
    return seen;
  };
  const reached = new Map([...graph.keys()].map((file) => [file, reach(file)]));
  const found = [...graph.keys()].flatMap((file) => {
    if (!reached.get(file)?.has(file)) return [];
    const group = [...graph.keys()].filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file));
    return group.length > 2 && group[0] === file ? [group] : [];
  });
  return found;
}

describe('the structure', () => {
  it('knows every room of src', () => {
    expect([...new Set(files.map(({ room }) => room))].sort()).toEqual(Object.keys(house).sort());
  });

  it.each(files)('$path imports only what its room may import', ({ path, room, text }) => {
    const rules = house[room] ?? { rooms: [] };
    const refused = importsOf(text).filter((found) => !mayImport(rules, path, found));
    expect(refused).toEqual([]);
  });

  it('refuses an import against the rules, so that the test above can fail', () => {
    const wire = house.wire ?? { rooms: [] };
    expect(mayImport(wire, 'wire/client.ts', { target: '../domain/clock.ts', kind: 'type' })).toBe(false);
    expect(mayImport(wire, 'wire/client.ts', { target: 'jose', kind: 'static' })).toBe(false);
    expect(mayImport(wire, 'wire/client.ts', { target: './schema.ts', kind: 'static' })).toBe(true);
    const domain = house.domain ?? { rooms: [] };
    expect(mayImport(domain, join('domain', 'document', 'read.ts'), { target: 'yaml', kind: 'static' })).toBe(true);
    expect(mayImport(domain, join('domain', 'api', 'read.ts'), { target: 'yaml', kind: 'static' })).toBe(false);
    const text = `import type { A } from '../cli/a.ts';\nimport {\n  b,\n} from "b";\nawait import("./c.ts");`;
    expect(importsOf(text).map(({ target }) => target)).toEqual(['../cli/a.ts', 'b', './c.ts']);
    expect(floorOf(join('io', 'files', 'lock.ts'))).toBeLessThan(floorOf(join('io', 'store', 'keyring.ts')));
  });

  it.each(Object.keys(floors))('%s knows each folder in it, and has at most eight files in its root', (room) => {
    const inside = files.filter((file) => file.room === room).map(({ path }) => path.split(sep).slice(1));
    const folders = new Set(inside.filter((parts) => parts.length > 1).map(([folder]) => folder));
    expect([...folders].sort()).toEqual([...(floors[room]?.folders ?? [])].sort());
    expect(inside.filter((parts) => parts.length === 1).length).toBeLessThanOrEqual(8);
  });

  it.each(Object.keys(floors))('docs/architecture.md lists the folders of %s in their order', (room) => {
    const [, page = ''] = readFileSync(join('docs', 'architecture.md'), 'utf8').split('## Inside the rooms');
    const [, row = ''] = new RegExp(`^\\| \`${room}/\` \\|(.+)$`, 'm').exec(page) ?? [];
    const listed = [...row.matchAll(/`([\w-]+)\/[^`]*`/g)].map(([, folder]) => folder ?? '');
    const folders = floors[room]?.folders ?? [];
    expect(listed.filter((folder) => folders.includes(folder))).toEqual(folders);
  });

  it.each(Object.keys(floors))('no import in %s points upwards', (room) => {
    const upwards = files
      .filter((file) => file.room === room && !typesBelow.includes(file.path.replaceAll(sep, '/')))
      .flatMap(({ path, text }) =>
        neighboursOf(path, text)
          .filter((other) => roomOf(other) === room && floorOf(other) > floorOf(path))
          .map((other) => `${path} -> ${other}`.replaceAll(sep, '/')),
      );
    expect(upwards).toEqual([]);
  });

  it('has no cycle of more than two files, types included', () => {
    expect(cyclesIn(new Map(files.map(({ path, text }) => [path, neighboursOf(path, text)])))).toEqual([]);
    const three = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', []],
    ]);
    expect(cyclesIn(three)).toEqual([['a', 'b', 'c']]);
  });

  it('uses time and randomness only in the listed files', () => {
    const chance = /\bDate\.now\(|\bMath\.random\(|\brandomUUID\(|\brandomBytes\(|\bgetRandomValues\(|\bsetTimeout\(/;
    const given = files.filter(({ room }) => ['domain', 'jose', 'local', 'library'].includes(room));
    const taking = given.filter(({ code }) => chance.test(code)).map(({ path }) => path.replaceAll(sep, '/'));
    expect(taking.sort()).toEqual([...doors].sort());
  });

  it.each(['domain', 'jose', 'wire', 'cli'])('%s uses no console, process, clock or network directly', (room) => {
    const world = /\bconsole\.|\bprocess\.(?!once\b)|Date\.now\(|\bnew Date\(\)|Math\.random|(?<![.\w])fetch\(/;
    // These alone connect a command to this process.
    const others = files.filter((file) => file.room === room && !file.path.startsWith(join('cli', 'start')));
    expect(others.filter(({ code }) => world.test(code)).map(({ path }) => path)).toEqual([]);
  });

  it('keeps the names of wire members of guest sessions in wire/edition', () => {
    const names =
      /anonymous_session_lifetime|anonymous_session_token_format|can_create_anonymous_sessions|allow_anonymous_access|anonymous_access_scopes|token_lifetime_for_anonymous_access|custom_claim_mappings|claims_mapping/;
    const elsewhere = files.filter(({ path, code }) => !path.startsWith(join('wire', 'edition')) && names.test(code));
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });

  it('never asks URL.canParse, which is wrong in Node.js 20 once it is compiled', () => {
    expect(files.filter(({ code }) => /\bcanParse\b/.test(code)).map(({ path }) => path)).toEqual([]);
  });

  it('has no catch-all folder or file', () => {
    const vague = /^(utils?|helpers?|common|shared|core|lib|misc|services?)(\.ts)?$/;
    const named = files.flatMap(({ path }) => path.split(sep));
    expect(named.filter((name) => vague.test(name))).toEqual([]);
  });

  it('has no barrel files, and file names in kebab-case', () => {
    expect(files.filter(({ code }) => /^export \* /m.test(code)).map(({ path }) => path)).toEqual([]);
    expect(
      files.filter(({ path }) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(basename(path))).map(({ path }) => path),
    ).toEqual([]);
  });

  it('has no overlong file', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 250).map(({ path }) => path)).toEqual([]);
  });
});
