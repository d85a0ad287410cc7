// Builds the published program: CommonJS, one self-contained file per command.
//
// A relative import() in the sources splits the output: it becomes a require() of another file when the line
// runs. So a command loads only its own code; code that two files share is in both. Help texts and shell completion
// words are generated here from the command tree, so that neither loads it at run time.
//
//   node scripts/build.mjs                 what is published
//   node scripts/build.mjs --source-maps   for a debugger, or stack traces by source line: node --enable-source-maps
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src');
const finished = join(root, 'dist');
// Built next to dist and then renamed, so that a running program finds either the old build or the new one.
const output = join(root, `dist.${process.pid}`);

const options = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20.18',
  outdir: output,
  outExtension: { '.js': '.cjs' },
  external: ['@napi-rs/keyring'],
  define: { 'import.meta.dirname': '__dirname' },
  supported: { 'dynamic-import': false },
  legalComments: 'none',
  minify: true,
  sourcemap: process.argv.includes('--source-maps') ? 'linked' : false,
  metafile: true,
  logLevel: 'warning',
};

/** Builds `entries` and every file that an import() in them names, recursively. */
async function buildWithBorders(entries) {
  const built = new Set();
  const inputs = new Set();
  for (let waiting = entries; waiting.length > 0; ) {
    const found = new Set();
    const entryPoints = waiting.map((path) => ({ in: path, out: flatName(path) }));
    const { metafile } = await build({ ...options, entryPoints, plugins: [borders(found), ...plugins] });
    for (const path of waiting) built.add(path);
    for (const path of Object.keys(metafile.inputs)) inputs.add(path);
    waiting = [...found].filter((path) => !built.has(path));
  }
  return { built, inputs };
}

/**
 * Builds the program once more with all that one command always needs in one file: finding and reading a dozen files takes
 * longer than running what is in them. bin/anon-cli.cjs knows for which commands there is one.
 */
async function buildInOne(name, inside, entry = 'cli/start.ts') {
  const entryPoints = [{ in: join(source, entry), out: name }];
  const within = new Set(inside.map((path) => join(source, path)));
  await build({ ...options, entryPoints, plugins: [borders(new Set(), within), ...plugins] });
}

function borders(found, within = new Set()) {
  return {
    name: 'borders',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, importer, kind, resolveDir }) => {
        if (kind !== 'dynamic-import' || !importer.startsWith(source)) return undefined;
        const target = resolve(resolveDir, path);
        if (within.has(target)) return undefined;
        found.add(target);
        return { path: `./${flatName(target)}.cjs`, external: true };
      });
    },
  };
}

/**
 * Commander loads child_process for subcommands that are executables. There are none here, and it is half of commander's
 * start-up cost.
 */
const lazyChildProcess = {
  name: 'lazy-child-process',
  setup({ onLoad }) {
    onLoad({ filter: /commander\/lib\/command\.js$/ }, ({ path }) => {
      const eager = "const childProcess = require('node:child_process');";
      const text = readFileSync(path, 'utf8');
      if (!text.includes(eager)) throw new Error('commander no longer loads child_process as the build expects');
      const lazy = "const childProcess = { get spawn() { return require('node:child_process').spawn; } };";
      return { contents: text.replace(eager, lazy), loader: 'js' };
    });
  },
};

/**
 * The library for completion scripts also measures text for terminals, which isn't used here. Creating its segmenter takes
 * longer than everything else in a completion: splitting into characters is enough.
 */
const plainSegments = {
  name: 'plain-segments',
  setup({ onLoad }) {
    onLoad({ filter: /@optique\/core\/dist\/displaywidth\.js$/ }, ({ path }) => {
      const costly = 'new Intl.Segmenter(void 0, { granularity: "grapheme" })';
      const text = readFileSync(path, 'utf8');
      if (!text.includes(costly)) throw new Error('@optique/core no longer measures text as the build expects');
      const plain = '{ segment: (text) => Array.from(text, (segment) => ({ segment })) }';
      return { contents: text.replace(costly, plain), loader: 'js' };
    });
  },
};

/**
 * The library for completion scripts without the scripts, for those who only encode candidates: compiling all of it would take
 * longer than an answer.
 */
const encodersAlone = {
  name: 'encoders-alone',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@optique\/core\/completion$/ }, ({ path, importer }) => {
      if (importer !== join(source, 'cli', 'completion', 'shells.ts')) return undefined;
      return { path: createRequire(importer).resolve(path).replace(/cjs$/, 'js'), suffix: '?encoders' };
    });
    onLoad({ filter: /completion\.js$/ }, ({ path, suffix }) => {
      if (suffix !== '?encoders') return undefined;
      const script = /^\tgenerateScript\(.*?^\t\},?$/gms;
      const text = readFileSync(path, 'utf8');
      if (text.match(script)?.length !== 5)
        throw new Error('@optique/core no longer writes scripts as the build expects');
      return { contents: text.replaceAll(script, ''), loader: 'js' };
    });
  },
};

/**
 * undici's entry also loads fetch, WebSocket, caches and mocks, which takes three times as long as the connections. `connect`
 * is for tunnels through a proxy.
 */
const connectionsAlone = {
  name: 'connections-alone',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: 'connections', namespace: 'undici' }));
    onLoad({ filter: /^connections$/, namespace: 'undici' }, () => ({
      contents: `
        import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
        import connect from 'undici/lib/api/api-connect.js';
        Dispatcher.prototype.connect = connect;
        export { default as Agent } from 'undici/lib/dispatcher/agent.js';
        export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';
        export { default as Pool } from 'undici/lib/dispatcher/pool.js';`,
      resolveDir: root,
    }));
  },
};

/**
 * conf without the parts that are never used here: valibot validates files, and env-paths looks up the home folder as it
 * loads, which throws for a user without one. The writer is ours; src/io/files/atomic-write.ts explains why. Where SNAP is set,
 * as in a terminal inside a snap, conf's writes wouldn't be atomic.
 */
const confAlone = {
  name: 'conf-alone',
  setup({ onResolve, onLoad }) {
    // For files that it encrypts.
    onResolve({ filter: /^node:crypto$/ }, ({ importer }) =>
      /conf\/dist\/source\/index\.js$/.test(importer) ? { path: 'node:crypto', namespace: 'left-out' } : undefined,
    );
    onResolve({ filter: /^atomically$/ }, () => ({ path: join(source, 'io', 'files', 'atomic-write.ts') }));
    // Conf compares what it has just read from a file with a copy of it.
    onResolve({ filter: /^node:assert$/ }, ({ importer }) =>
      /conf\/dist\/source\/index\.js$/.test(importer) ? { path: 'assert', namespace: 'equality' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'equality' }, () => ({
      contents: `export default {
        deepEqual(one, other) {
          if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error('not equal');
        },
      };`,
    }));
    onLoad({ filter: /conf\/dist\/source\/index\.js$/ }, ({ path }) => {
      const inSnap = 'if (process.env.SNAP) {';
      const text = readFileSync(path, 'utf8');
      if (!text.includes(inSnap)) throw new Error('conf no longer writes files in a snap as the build expects');
      return { contents: text.replace(inSnap, 'if (false) {'), loader: 'js' };
    });
  },
};

/**
 * Packages that bundled ones name and that are never used here: what conf does without (see above), and what pg needs in
 * other environments or for password files, which src/io/files/password-file.ts reads.
 */
const leftOut = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    const names = /^(ajv\/dist\/2020\.js|ajv-formats|semver|debounce-fn|env-paths|pg-native|pg-cloudflare|pgpass)$/;
    onResolve({ filter: names }, ({ path }) => ({ path, namespace: 'left-out' }));
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({
      contents: `
        export default function leftOut() {
          throw new Error('${path} is not in this build');
        }
        export { leftOut as Ajv2020 };`,
    }));
  },
};

/**
 * libsql in a file of its own, which finds the binary faster than libsql does. Where it cannot, the installed libsql is used.
 * package.json names one version, so that the binary is the one of these classes.
 */
const sqlite = {
  name: 'sqlite',
  setup({ onResolve, onLoad }) {
    const binary = `require(${JSON.stringify(join(root, 'scripts', 'libsql-binary.cjs'))}).binary`;
    onResolve({ filter: /^libsql$/ }, ({ importer, kind }) => {
      if (kind === 'entry-point') return { path: 'libsql', namespace: 'sqlite' };
      return importer.startsWith(source)
        ? { path: './libsql.cjs', external: true }
        : { path: 'libsql', external: true };
    });
    onLoad({ filter: /./, namespace: 'sqlite' }, () => ({
      contents: `module.exports = ${binary} ? require('./node_modules/libsql/index.js') : require('libsql');`,
      resolveDir: root,
    }));
    onLoad({ filter: /libsql\/index\.js$/ }, ({ path }) => {
      const search = /^const \{ load, currentTarget \}.*?^\}\n/ms;
      const text = readFileSync(path, 'utf8');
      if (!search.test(text) || !text.includes('= requireNative();')) {
        throw new Error('libsql no longer looks for its binary as the build expects');
      }
      return { contents: text.replace(search, `const requireNative = () => ${binary};\n`), loader: 'js' };
    });
  },
};

/** The program detects colour support itself, and chalk's detection would load node:tty. */
const chalkAlone = {
  name: 'chalk-alone',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#supports-color$/ }, () => ({ path: 'supports-color', namespace: 'undecided' }));
    onLoad({ filter: /./, namespace: 'undecided' }, () => ({
      contents: 'export default { stdout: false, stderr: false };',
    }));
  },
};

/** Bundles only the version from package.json. */
const versionAlone = {
  name: 'version-alone',
  setup({ onLoad }) {
    onLoad({ filter: /package\.json$/ }, ({ path }) => {
      if (path !== join(root, 'package.json')) return undefined;
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** All files are in one folder, so that a name resolves from whichever file the importer is bundled into. */
function flatName(path) {
  if (!isAbsolute(path)) return path;
  return relative(join(source, 'cli'), path).replace(/\.ts$/, '').replaceAll('../', '').replaceAll('/', '-');
}

const plugins = [
  ...[lazyChildProcess, plainSegments, encodersAlone, connectionsAlone, confAlone, chalkAlone, versionAlone],
  ...[sqlite, leftOut],
];
process.on('exit', () => rmSync(output, { recursive: true, force: true }));
mkdirSync(output, { recursive: true });
const { built, inputs } = await buildWithBorders([
  join(source, 'cli', 'start.ts'),
  join(source, 'cli', 'start-quick.ts'),
  join(source, 'io', 'store', 'keyring-process.ts'),
  join(source, 'io', 'actions', 'worker.ts'),
  join(source, 'library', 'index.ts'),
  join(source, 'library', 'local.ts'),
  'libsql',
]);
const world = ['cli/world/create-context.ts', 'cli/program/commander.ts'];
const saved = ['io/files/folders.ts', 'io/files/json-file.ts', 'io/store/profiles.ts'];
const state = [...saved, 'io/files/lock.ts'];
// What it needs to listen where nothing has changed since the last start, and then all the rest.
await buildInOne('start-local-start', [
  ...['cli/commands/local/start.ts', ...world, ...saved, 'io/files/files.ts'],
  ...['io/embedded/server.ts', 'local/http/listen.ts'],
]);
const opened = 'io/embedded/opened-server.ts';
await buildInOne(
  flatName(join(source, opened)),
  ['io/embedded/tenant.ts', 'local/open-tenant.ts', 'io/certificates/renewed.ts', 'io/files/lock.ts'],
  opened,
);
await buildInOne('start-token-create', [
  ...['cli/commands/token/create.ts', ...world, ...state, 'io/store/sessions.ts'],
  ...['io/embedded/tenant.ts', 'local/open-tenant.ts', 'local/responder.ts'],
  ...['jose/encryption.ts', 'jose/signature.ts'],
]);
await buildInOne('start-token-decode', ['cli/commands/token/decode.ts', ...world]);
const require = createRequire(import.meta.url);
await writeHelp();
await writeCompletionTree();
writeJsonSchemas();
writeDeclarations();
writeLicences();
writeDigests();
const old = `${output}.old`;
if (existsSync(finished)) renameSync(finished, old);
renameSync(output, finished);
rmSync(old, { recursive: true, force: true });
process.stdout.write(`built ${built.size} files\n`);

/** A page is read from its own file: reading all of them takes longer than printing one. */
async function writeHelp() {
  const path = join(output, 'program-help.cjs');
  const { helpTexts } = require(path);
  mkdirSync(join(output, 'help'));
  for (const [command, text] of Object.entries(await helpTexts())) {
    // No word has an underscore, so that each path has a name of its own.
    writeFileSync(join(output, 'help', `${command.replaceAll(' ', '_') || '_'}.txt`), text);
  }
  writeFileSync(
    path,
    `"use strict";
const { readFileSync } = require("node:fs");
exports.helpText = async (path) => {
  try {
    return readFileSync(\`\${__dirname}/help/\${path.replaceAll(" ", "_") || "_"}.txt\`, "utf8");
  } catch {
    return undefined;
  }
};
`,
  );
}

/** As JSON, which is read faster than code is compiled. Many commands share options, and each is written once. */
async function writeCompletionTree() {
  const path = join(output, 'program-completion-tree.cjs');
  const { completionTree } = require(path);
  const texts = [];
  const numberOf = (option) => {
    const text = JSON.stringify(option);
    if (!texts.includes(text)) texts.push(text);
    return texts.indexOf(text);
  };
  const nodes = Object.entries(await completionTree()).map(([place, node]) => [
    place,
    { ...node, options: node.options.map(numberOf) },
  ]);
  const data = { nodes: Object.fromEntries(nodes), options: texts.map((text) => JSON.parse(text)) };
  writeFileSync(join(output, 'completion-tree.json'), JSON.stringify(data));
  writeFileSync(
    path,
    `"use strict";
const { readFileSync } = require("node:fs");
exports.completionTree = async () => {
  const { nodes, options } = JSON.parse(readFileSync(\`\${__dirname}/completion-tree.json\`, "utf8"));
  for (const node of Object.values(nodes)) node.options = node.options.map((number) => options[number]);
  return nodes;
};
`,
  );
}

/** For editors: the schemas of the files that users write, made from those that check them. */
function writeJsonSchemas() {
  const { configJsonSchemas } = require(join(output, 'domain-config-json-schemas.cjs'));
  const { worldJsonSchema } = require(join(output, 'domain-world-json-schema.cjs'));
  const schemas = { ...configJsonSchemas(), 'world.schema.json': worldJsonSchema() };
  for (const [name, schema] of Object.entries(schemas)) {
    writeFileSync(join(output, name), `${JSON.stringify(schema, null, 2)}\n`);
  }
}

/** Writes the types of the library's entries and all types that they refer to. */
function writeDeclarations() {
  const folder = join(output, 'types');
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.library.json'), '--outDir', folder], {
    stdio: 'inherit',
  });
  const written = new Set();
  const write = (path) => {
    if (written.has(path)) return;
    written.add(path);
    const text = readFileSync(path.replace(/\.ts$/, '.d.ts'), 'utf8');
    const flat = text.replaceAll(/(?<=from ')\.[^']+\.ts(?=')/g, (name) => {
      const target = resolve(dirname(path), name);
      write(target);
      return `./${declarationName(relative(folder, target))}.cjs`;
    });
    writeFileSync(join(output, `${declarationName(relative(folder, path))}.d.cts`), flat);
  };
  for (const entry of ['index.ts', 'local.ts']) write(join(folder, 'library', entry));
  rmSync(folder, { recursive: true });
}

/** @throws for types of the domain, which are not part of the library's interface */
function declarationName(path) {
  if (/^(library\/|errors\.)/.test(path)) return flatName(join(source, path));
  throw new Error(`the types of the library lead to ${path}`);
}

/** Writes the licences of the bundled packages. */
function writeLicences() {
  const folders = new Set();
  for (const path of inputs) {
    const match = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (match) folders.add(join(root, path.slice(0, match.index + match[0].length)));
  }
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${licenceText(folder)}`;
  });
  writeFileSync(join(output, 'THIRD-PARTY-LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** Ends each file with a digest of its content, under which bin/anon-cli.cjs saves its compiled code. */
function writeDigests() {
  for (const name of readdirSync(output).filter((name) => name.endsWith('.cjs'))) {
    const path = join(output, name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `${text}//${createHash('sha256').update(text).digest('hex').slice(0, 16)}\n`);
  }
}

function licenceText(folder) {
  for (const name of ['LICENSE', 'LICENSE.md', 'license', 'License', 'LICENSE.txt']) {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {}
  }
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const [, section] = /^#+ licen[cs]e\s*\n(.*?copyright.*)/ims.exec(readme) ?? [];
  if (section === undefined) throw new Error(`${folder} is bundled and has no licence`);
  return section;
}
