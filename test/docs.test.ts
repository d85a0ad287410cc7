import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../src/cli/exit-code.ts';
import { commands, groups } from '../src/cli/program/commands.ts';
import { route } from '../src/cli/program/route.ts';

const readme = readFileSync('README.md', 'utf8');
const pages = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
  ...['spa', 'shop', 'testing'].map((name) => join('examples', name, 'README.md')),
];
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => join('src', path));

/** Every command line in a text: what follows `anon-cli`, up to the end of the code it stands in. */
function commandLines(text: string): string[] {
  return [...text.matchAll(/(?<![\w./-])anon-cli ((?:[a-z][a-z-]*|--?[a-z])[^`"\n|)]*)/g)].map(
    ([, line]) => line ?? '',
  );
}

/** Looks like a command line, and is the name of the format that `local export` writes. */
const formatName = 'local tenant';

/** Whether a line leads to a command, to help, or to a noun's help. */
function leadsSomewhere(line: string): boolean {
  if (line === formatName) return true;
  const found = route(
    line
      .replace(/#.*|[.,]+\s*$/g, '')
      .trim()
      .split(/\s+/),
  );
  return found.path in commands || found.help || found.version;
}

/** Every path of a source, test, script or page that is set as code. */
function pathsIn(text: string): string[] {
  const rooms = ['src', 'cli', 'domain', 'io', 'jose', 'library', 'local', 'wire', 'test', 'scripts', 'docs'].join('|');
  return [...text.matchAll(new RegExp(`(?<=[\`(])(?:${rooms})/[\\w./-]*(?=[\`)])`, 'g'))].map(([path]) => path);
}

describe('README', () => {
  it('has exactly two set-up commands, each complete', () => {
    const setUp = readme.match(/^npm .*$/gm);
    expect(setUp).toEqual(['npm ci && node bin/anon-cli.cjs quickstart', 'npm ci && npm test']);
  });

  it('takes two minutes to read: 100 lines of 100 columns, short sentences', () => {
    const lines = readme.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(100);
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    const prose = lines.filter((line) => /^[A-Z`*]/.test(line)).join(' ');
    const sentences = prose.split(/[.:](?= |$)/).filter((sentence) => sentence.trim() !== '');
    expect(prose.split(' ').length / sentences.length).toBeLessThan(20);
  });

  it('leads to the table of exit codes of the program', () => {
    const reference = readFileSync('docs/reference.md', 'utf8');
    const rows = [...reference.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => ({
      code: Number(code),
      meaning,
    }));
    expect(rows).toEqual(exitCodes.map(({ code, meaning }) => ({ code, meaning })));
  });

  it('links only to existing files', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(0);
    for (const path of links) expect(() => readFileSync(path)).not.toThrow();
  });
});

describe('commands named', () => {
  it.each(pages)('in %s exist', (page) => {
    const lines = commandLines(readFileSync(page, 'utf8'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !leadsSomewhere(line))).toEqual([]);
  });

  it('in messages and hints of the program exist', () => {
    const lines = sources.flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/anon-cli ([a-z][a-z-]+ [a-z][a-z-]+)/g)].map(([, words]) => words ?? ''),
    );
    const verbs = lines
      .filter((words) => words !== formatName)
      .filter((words) => Object.keys(commands).some((name) => name.startsWith(`${words.split(' ')[0]} `)));
    expect(verbs.length).toBeGreaterThan(20);
    expect([...new Set(verbs)].filter((words) => !(words in commands) && !(words in groups))).toEqual([]);
  });

  it('are told apart from unknown ones, so that the tests above can fail', () => {
    expect(commandLines('run `anon-cli token create --meta a=b` now')).toEqual(['token create --meta a=b']);
    expect(leadsSomewhere('token create --meta a=b')).toBe(true);
    expect(leadsSomewhere('tokne create')).toBe(false);
    expect(leadsSomewhere('token')).toBe(false);
  });
});

describe('paths named', () => {
  it.each(['docs/architecture.md', 'CONTRIBUTING.md', 'docs/local-tenant.md'])('in %s exist', (page) => {
    const paths = pathsIn(readFileSync(page, 'utf8'));
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.filter((path) => !existsSync(path) && !existsSync(join('src', path)))).toEqual([]);
  });

  it('are told apart from other code, so that the test above can fail', () => {
    expect(pathsIn('`cli/gone.ts`, `api/enable`, `src/cli/<noun>`, `test/a.test.ts` and `io/http`')).toEqual([
      ...['cli/gone.ts', 'test/a.test.ts', 'io/http'],
    ]);
  });
});

describe('the changelog', () => {
  it('names every command', () => {
    const changelog = readFileSync('CHANGELOG.md', 'utf8');
    const missing = Object.keys(commands).filter((name) => !changelog.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });
});
