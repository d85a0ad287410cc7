import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Where each room of src stands: the rooms and packages it may import. `typesOf` may be imported as types
 * only, and `lazily` by import() or as types. A folder that is not in this table fails until somebody
 * decides where it stands.
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
  domain: {
    rooms: ['domain', 'wire', 'errors'],
    packages: ['jose', 'fastest-levenshtein', 'validator'],
    builtins: ['node:buffer', 'node:crypto'],
  },
  io: {
    rooms: ['io', 'wire', 'errors'],
    packages: ['undici', 'enquirer', 'valibot', 'libsql', '@napi-rs/keyring'],
    builtins: [
      // A keyring that does not answer can only be left by ending the process that asked it.
      'node:child_process',
      'node:crypto',
      'node:events',
      'node:fs',
      'node:fs/promises',
      // The user database, where no variable says which folder is home.
      'node:os',
      'node:path',
      'node:timers/promises',
      'node:tls',
      'node:zlib',
      // Flags of the engine: undici's parser costs its compiler more than a short command.
      'node:v8',
    ],
    typesOf: ['domain'],
    lazily: ['local'],
  },
  local: {
    rooms: ['local', 'wire'],
    packages: ['hono', '@hono/node-server', 'jose', 'libsql'],
    builtins: ['node:crypto', 'node:events', 'node:fs', 'node:http', 'node:net', 'node:util'],
  },
  cli: {
    rooms: ['cli', 'domain', 'io', 'wire', 'errors'],
    packages: ['commander', '@optique/core'],
    builtins: ['node:path', 'node:util'],
    // The shapes of results are part of the library's face.
    typesOf: ['local', 'library'],
  },
  library: { rooms: ['library', 'domain', 'wire', 'errors'] },
};

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
  const statics = [...text.matchAll(/^(?:import|export) (type )?(?:[^'";]*? from )?'([^']+)'/gm)].map(
    ([, type, target]) => ({ target: target ?? '', kind: type ? 'type' : 'static' }) as const,
  );
  const dynamics = [...text.matchAll(/import\('([^']+)'\)/g)].map(
    ([, target]) => ({ target: target ?? '', kind: 'dynamic' }) as const,
  );
  return [...statics, ...dynamics];
}

function mayImport(room: Room, path: string, { target, kind }: Import): boolean {
  if (target.startsWith('node:')) return room.builtins?.includes(target) === true;
  if (!target.startsWith('.')) {
    return room.packages?.some((name) => target === name || target.startsWith(`${name}/`)) === true;
  }
  const place = relative(source, resolve(source, dirname(path), target));
  if (place.endsWith('package.json')) return true;
  const other = roomOf(place);
  if (room.rooms.includes(other)) return true;
  if (kind === 'type') return [...(room.typesOf ?? []), ...(room.lazily ?? [])].includes(other);
  return kind === 'dynamic' && room.lazily?.includes(other) === true;
}

describe('the house', () => {
  it('knows every room of src', () => {
    expect([...new Set(files.map(({ room }) => room))].sort()).toEqual(Object.keys(house).sort());
  });

  it.each(files)('$path imports only what its room may', ({ path, room, text }) => {
    const rules = house[room] ?? { rooms: [] };
    const refused = importsOf(text).filter((found) => !mayImport(rules, path, found));
    expect(refused).toEqual([]);
  });

  it('refuses an import against the rules, so that the test above can fail', () => {
    const wire = house.wire ?? { rooms: [] };
    expect(mayImport(wire, 'wire/client.ts', { target: '../domain/ports.ts', kind: 'type' })).toBe(false);
    expect(mayImport(wire, 'wire/client.ts', { target: 'jose', kind: 'static' })).toBe(false);
    expect(mayImport(wire, 'wire/client.ts', { target: './schema.ts', kind: 'static' })).toBe(true);
    const text = "import type { A } from '../cli/a.ts';\nimport {\n  b,\n} from 'b';\nawait import('./c.ts');";
    expect(importsOf(text).map(({ target }) => target)).toEqual(['../cli/a.ts', 'b', './c.ts']);
  });

  it.each(['domain', 'wire', 'cli'])('%s does not touch the world', (room) => {
    const world = /\bconsole\.|\bprocess\.(?!once\b)|Date\.now\(|\bnew Date\(\)|Math\.random|(?<![.\w])fetch\(/;
    // The one place that makes the real world out of this process.
    const others = files.filter((file) => file.room === room && file.path !== join('cli', 'start.ts'));
    expect(others.filter(({ code }) => world.test(code)).map(({ path }) => path)).toEqual([]);
  });

  it('keeps the names of wire members of guest sessions in wire/edition', () => {
    const names =
      /anonymous_session_lifetime|anonymous_session_token_format|can_create_anonymous_sessions|allow_anonymous_access|anonymous_access_scopes|token_lifetime_for_anonymous_access|custom_claim_mappings|claims_mapping/;
    const elsewhere = files.filter(({ path, code }) => !path.startsWith(join('wire', 'edition')) && names.test(code));
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });

  it('has no folder or file for things without a name', () => {
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

  it('has no file so long that it must be about two things', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 250).map(({ path }) => path)).toEqual([]);
  });
});
