import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** What a Dockerfile makes, in a folder that stands for the root of its file system. */
export interface BuiltImage {
  /** Where a path inside the container is on this machine. */
  at(path: string): string;
  readonly env: Readonly<Record<string, string>>;
  /** Undefined where this process may not change its user. */
  readonly uid: number | undefined;
  readonly workdir: string;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  readonly port: number;
}

/** The instructions of a Dockerfile. Handles what ours contains: no line continuations, heredocs or arguments. */
export function instructionsIn(text: string): Instruction[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (name === '' && !/^(#.*)?$/.test(line)) throw new Error(`not an instruction: ${line}`);
    return name === '' ? [] : [{ name, text: rest }];
  });
}

/** Whether .dockerignore lets a path into the build. Handles a list of exceptions after `*`. */
export function isInContext(path: string, ignore = readFileSync('.dockerignore', 'utf8')): boolean {
  const [all, ...exceptions] = ignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (all !== '*' || exceptions.some((line) => !line.startsWith('!'))) throw new Error('.dockerignore is another kind');
  return exceptions.some((line) => path === line.slice(1) || path.startsWith(`${line.slice(1)}/`));
}

interface Stage {
  readonly root: string;
  workdir: string;
  user: number;
  env: Record<string, string>;
}

/**
 * Follows the instructions of our Dockerfile without Docker: copies the same files, and runs the same commands with the same
 * environment, as the same user where this process may change its own. Absolute paths lead to a folder for each stage.
 * Nothing is downloaded: `npm ci` takes the packages that are installed here.
 */
export function buildImage(instructions: readonly Instruction[]): BuiltImage {
  const parent = mkdtempSync(join(tmpdir(), 'anon-image-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true, maxRetries: 3 }));
  chmodSync(parent, 0o755);
  const stages = new Map<string, Stage>();
  const said: Record<string, string> = {};
  let stage: Stage = { root: parent, workdir: '/', user: 0, env: {} };
  for (const { name, text } of instructions) {
    if (name === 'FROM') {
      const [, alias = 'last'] = /^node:\d+-slim(?: AS (\w+))?$/.exec(text) ?? [];
      stage = { root: join(parent, alias), workdir: '/', user: 0, env: {} };
      stages.set(alias, stage);
      mkdirSync(stage.root);
    } else if (name === 'WORKDIR') {
      stage.workdir = text;
      mkdirSync(join(stage.root, text), { recursive: true });
    } else if (name === 'ENV') {
      const [, variable = '', value = ''] = /^(\w+)=(\S+)$/.exec(text) ?? [];
      stage.env[variable] = value;
    } else if (name === 'COPY') copy(stage, stages, text);
    else if (name === 'RUN') runIn(stage, text);
    else if (name === 'USER') stage.user = Number(text.split(':')[0]);
    else said[name] = text;
  }
  return imageOf(stage, said);
}

function imageOf(stage: Stage, said: Readonly<Record<string, string>>): BuiltImage {
  const at = (path: string) => join(stage.root, path);
  const words = (text = '[]'): string[] => (JSON.parse(text) as string[]).map((word) => located(stage, word));
  return {
    at,
    env: { PATH: pathWithNode(), ...mapped(stage) },
    uid: process.getuid?.() === 0 ? stage.user : undefined,
    workdir: at(stage.workdir),
    command: [...words(said.ENTRYPOINT), ...words(said.CMD)],
    healthcheck: words(said.HEALTHCHECK?.replace(/^.*? CMD /, '')),
    port: Number(said.EXPOSE),
  };
}

/** The paths that our Dockerfile uses, in a word or a command. */
function located({ root }: Stage, text: string): string {
  return text.replaceAll(/(?<![\w./:])\/(?:app|build|data)\b/g, (path) => join(root, path));
}

function mapped(stage: Stage): Record<string, string> {
  return Object.fromEntries(Object.entries(stage.env).map(([name, value]) => [name, located(stage, value)]));
}

function copy(stage: Stage, stages: ReadonlyMap<string, Stage>, text: string): void {
  const [, from, list = ''] = /^(?:--from=(\w+) )?(.+)$/.exec(text) ?? [];
  const words = list.split(' ');
  const target = words.pop() ?? '';
  for (const source of words) {
    const origin = from === undefined ? resolve(source) : join(stages.get(from)?.root ?? '', source);
    if (from === undefined && !isInContext(source)) throw new Error(`.dockerignore leaves ${source} out`);
    const folder = join(stage.root, isAbsolute(target) ? target : join(stage.workdir, target));
    cpSync(origin, target.endsWith('/') ? join(folder, source.split('/').at(-1) ?? '') : folder, {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
}

/** npm must send nothing: no audit, and no question about its own version. */
const quiet = { npm_config_offline: 'true', npm_config_audit: 'false', npm_config_update_notifier: 'false' };

function runIn(stage: Stage, command: string): void {
  const cwd = join(stage.root, stage.workdir);
  if (command.startsWith('npm ci')) {
    execFileSync('cp', ['-a', resolve('node_modules'), cwd]);
    return;
  }
  // Only root may give a folder away.
  if (command.startsWith('chown') && process.getuid?.() !== 0) return;
  const env = { PATH: pathWithNode(), HOME: stage.root, ...quiet, ...mapped(stage) };
  execFileSync('sh', ['-c', located(stage, command)], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

function pathWithNode(): string {
  return `${dirname(process.execPath)}:${process.env.PATH}`;
}
