import { isAnonError } from '../../errors.ts';
import { checkDocument } from '../document/check.ts';
import { type Document, type DocumentNode, mergedDocument, withoutKeys } from '../document/node.ts';
import { hasErrors, type Place, type Problem, placeText, problemAt, sortedProblems } from '../document/problem.ts';
import { readDocument } from '../document/read.ts';
import { isLikeClientSecret, secretIn } from '../document/secret-text.ts';
import { readSetting } from '../document/setting.ts';
import type { Variables } from '../document/variables.ts';
import { writtenPolicies } from './policies.ts';
import type { Policy } from './policy.ts';
import { policyFileSchema } from './policy-schema.ts';
import { configSchema } from './schema.ts';
import { type CheckedConfig, configIn } from './written.ts';

/** Where a configuration is written; `-` is stdin. */
export interface ConfigSources {
  /** Each changes those before it, member by member. */
  readonly files: readonly [string, ...string[]];
  /** `tenant.lifetime=7d`, in place of what the files say. */
  readonly settings: readonly string[];
  /** Files with further policies. */
  readonly policyFiles: readonly string[];
}

export interface ConfigPorts {
  /** @throws {AnonError} `usage` where it cannot be read */
  readText(file: string): Promise<string>;
  /** A file named in another: its name for messages, and what it is compared by. */
  locate(file: string, from?: string): { readonly name: string; readonly id: string };
  readonly variables: Variables;
}

/** Reads, merges and checks files, with every problem in all of them. @throws {AnonError} `usage` for a file that cannot be read */
export async function readConfig(sources: ConfigSources, ports: ConfigPorts): Promise<CheckedConfig> {
  const reader = new ConfigReader(ports);
  const documents: Document[] = [];
  for (const file of sources.files) documents.push(...(await reader.withBases(file)));
  const [first, ...others] = documents;
  let merged = others.reduce(mergedDocument, first as Document);
  for (const text of sources.settings) {
    const set = reader.setting(text, merged);
    merged = merged && set ? mergedDocument(merged, set) : merged;
  }
  const policies: Policy[] = [];
  for (const file of sources.policyFiles) policies.push(...(await reader.policies(file)));
  const { problems } = reader;
  if (hasErrors(problems) || !merged) return { problems: sortedProblems(problems) };
  const checked = configIn(merged);
  const all = sortedProblems([...problems, ...checked.problems]);
  if (!checked.written) return { problems: all };
  const { config } = checked.written;
  return {
    written: { ...checked.written, config: { ...config, policies: [...config.policies, ...policies] } },
    problems: all,
  };
}

/** Every problem of a configuration in one text, as the file named `name` would have it on a machine without variables. */
export async function problemsInText(text: string, name: string): Promise<readonly Problem[]> {
  const ports = { readText: async () => text, locate: () => ({ name, id: name }), variables: () => undefined };
  return (await readConfig({ files: [name], settings: [], policyFiles: [] }, ports)).problems;
}

/** The policies in files: of policies alone, or of a configuration. @throws as {@link readConfig} */
export async function readPolicies(
  files: readonly string[],
  ports: ConfigPorts,
): Promise<{ readonly policies: readonly Policy[]; readonly problems: readonly Problem[] }> {
  const reader = new ConfigReader(ports);
  const policies: Policy[] = [];
  for (const file of files) policies.push(...(await reader.policies(file)));
  return { policies, problems: sortedProblems(reader.problems) };
}

/** More than any set of stages has. */
const longestChain = 20;

/** What only a configuration has. */
const configKeys = ['tenant', 'apps', 'apis', 'claims', 'extends'];

class ConfigReader {
  readonly problems: Problem[] = [];
  readonly #ports: ConfigPorts;

  constructor(ports: ConfigPorts) {
    this.#ports = ports;
  }

  /** A file, after those that it extends. Those that cannot be read are left out, with their problems. */
  async withBases(file: string): Promise<Document[]> {
    const { name, id } = this.#ports.locate(file);
    return this.#load({ name, id, text: await this.#ports.readText(file) }, []);
  }

  setting(text: string, before: Document | undefined): Document | undefined {
    const { document, problems } = readSetting('--set', text, { schema: configSchema, before });
    this.problems.push(...problems);
    if (document) this.#check(document);
    return document;
  }

  async policies(file: string): Promise<Policy[]> {
    const document = this.#read(this.#ports.locate(file).name, await this.#ports.readText(file));
    if (!document) return [];
    const isConfig = configKeys.some((key) => document.nodeAt([key]) !== undefined);
    const { value, problems } = checkDocument(document, isConfig ? configSchema : policyFileSchema);
    this.problems.push(...problems);
    return writtenPolicies(document, value?.policies ?? []);
  }

  async #load(file: { name: string; id: string; text: string }, chain: readonly Link[]): Promise<Document[]> {
    const document = this.#read(file.name, file.text);
    if (!document) return [];
    this.#check(document);
    const node = document.nodeAt(['extends']);
    const own = withoutKeys(document, ['extends', '$schema']);
    if (node?.kind !== 'scalar' || typeof node.value !== 'string' || node.unresolved) return [own];
    const base = await this.#base(node.value, document, [...chain, file]);
    return [...base, own];
  }

  async #base(file: string, from: Document, chain: readonly Link[]): Promise<Document[]> {
    const refuse = (message: string, hint?: string) => {
      this.problems.push(problemAt(from.placeOf(['extends']), message, hint));
      return [];
    };
    if (/^[a-z][a-z\d+.-]+:\/\//i.test(file)) return refuse('A configuration can extend only a file on this machine.');
    const { name, id } = this.#ports.locate(file, from.name);
    const again = chain.findIndex((link) => link.id === id);
    if (again >= 0) {
      const names = [...chain.slice(again).map((link) => link.name), name].join(' -> ');
      return refuse(`The files extend each other: ${names}.`, 'Remove one extends.');
    }
    if (chain.length >= longestChain) return refuse(`More than ${longestChain} files extend each other.`);
    let text: string;
    try {
      text = await this.#ports.readText(name);
    } catch (error) {
      if (!isAnonError(error)) throw error;
      return refuse(error.message, 'The name is relative to the file that extends it.');
    }
    return this.#load({ name, id, text }, chain);
  }

  #read(name: string, text: string): Document | undefined {
    const { document, problems } = readDocument({ name, text, variables: this.#ports.variables });
    this.problems.push(...problems);
    return document;
  }

  /** Each file alone, so that nothing wrong hides behind a later file. */
  #check(document: Document): void {
    const secrets = secretsIn(document);
    const { problems } = checkDocument(document, configSchema);
    this.problems.push(...secrets.map(({ problem }) => problem), ...withoutQuotes(problems, secrets));
  }
}

interface Link {
  readonly name: string;
  readonly id: string;
}

/** A key or value that looks like a secret. */
interface FoundSecret {
  readonly text: string;
  readonly problem: Problem;
}

/** Every key and value that looks like a secret: the file is meant to be read by others. */
function secretsIn({ root }: Document): FoundSecret[] {
  const found: FoundSecret[] = [];
  const look = (text: unknown, place: Place): void => {
    if (typeof text !== 'string') return;
    const kind = secretIn(text) ?? (isLikeClientSecret(text) ? 'a client secret' : undefined);
    if (kind === undefined) return;
    const hint = 'Remove it, and replace the secret if others have seen it.';
    found.push({ text, problem: problemAt(place, `This looks like ${kind}; a configuration holds no secrets.`, hint) });
  };
  const walk = (node: DocumentNode): void => {
    if (node.kind === 'scalar') look(node.value, node.place);
    else if (node.kind === 'list') for (const item of node.items) walk(item);
    else {
      for (const [key, { place, value }] of node.entries) {
        look(key, place);
        walk(value);
      }
    }
  };
  walk(root);
  return found;
}

/** Other problems without those that might quote a secret: the part of it that a message would show. */
function withoutQuotes(problems: readonly Problem[], secrets: readonly FoundSecret[]): Problem[] {
  const parts = secrets.map(({ text }) => text.slice(0, 20));
  const places = new Set(secrets.map(({ problem }) => placeText(problem)));
  return problems.filter(
    (problem) =>
      !places.has(placeText(problem)) &&
      !parts.some((part) => problem.message.includes(part) || problem.hint?.includes(part)),
  );
}
