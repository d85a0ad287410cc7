/**
 * Every way a command can fail, as one closed set. The exit code of each is in `cli/exit-code.ts`;
 * scripts may rely on these words (`--json` prints them), so a rename is a breaking change.
 */
export type ErrorCode =
  | 'failed'
  | 'not_found'
  | 'rate_limited'
  | 'server_error'
  | 'response_invalid'
  | 'state_unusable'
  | 'usage'
  | 'ambiguous'
  | 'token_unacceptable'
  | 'not_authorised'
  | 'gate_closed'
  | 'guest_not_carried'
  | 'policy_violated'
  | 'tenant_unreachable'
  | 'edition_unsupported'
  | 'not_applied'
  | 'command_not_runnable'
  | 'command_not_found'
  | 'interrupted';

export interface ErrorDetail {
  /** What to do next, often a command. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

// The build writes one self-contained file a command, so this class exists once per file and
// `instanceof` is false across them. A registered symbol is the same everywhere.
const brand = Symbol.for('anon-cli.error');

/**
 * What happened (`message`, one line, never a token, secret or metadata value), what to do next
 * (`hint`) and what kind of failure it is (`code`).
 */
export class AnonError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = 'AnonError';
    this.code = code;
    this.hint = detail.hint;
  }
}

/** A refusal by the tenant: the HTTP status and the body's own words. */
export class ResponseError extends AnonError {
  readonly status: number;
  /** `error` of an OAuth body, `errorCode` (or `error`) of a Management API body. */
  readonly error: string;
  /** `error_description` of an OAuth body, `message` of a Management API body. */
  readonly description: string;

  constructor(
    code: ErrorCode,
    answer: { status: number; error: string; description: string },
    detail: ErrorDetail & { message?: string } = {},
  ) {
    super(code, detail.message ?? `${answer.error} (${answer.status}): ${answer.description}`, detail);
    this.status = answer.status;
    this.error = answer.error;
    this.description = answer.description;
  }
}

/** One of the four settings that must be open before a guest gets tokens. */
export type Gate = 'tenant' | 'application' | 'api' | 'scopes';

/** A refusal because a gate is closed, and the command that opens it. */
export class GateClosedError extends ResponseError {
  readonly gate: Gate;
  /** Undefined when no command of this tool opens the gate. */
  readonly command: string | undefined;

  constructor(
    answer: { status: number; error: string; description: string },
    gate: { name: Gate; explanation: string; command: string | undefined },
  ) {
    const hint = gate.command ? `${gate.explanation} Open it: ${gate.command}` : gate.explanation;
    super('gate_closed', answer, { hint });
    this.gate = gate.name;
    this.command = gate.command;
  }
}

/** The tenant accepted a write but reports other values than requested: `not_applied`. */
export class NotAppliedError extends AnonError {
  /** The members that differ, dotted where nested; empty when a deleted object still exists. */
  readonly members: readonly string[];

  constructor(message: string, members: readonly string[], detail: ErrorDetail = {}) {
    super('not_applied', message, detail);
    this.members = members;
  }
}

/** No complete answer came from the tenant: `tenant_unreachable`. */
export class UnreachableError extends AnonError {
  /** The request was sent, so the tenant may have carried it out. */
  readonly sent: boolean;
  /** The connection broke: the request may well succeed over a new one. */
  readonly broken: boolean;

  constructor(message: string, exchange: { sent: boolean; broken: boolean }, detail: ErrorDetail = {}) {
    super('tenant_unreachable', message, detail);
    this.sent = exchange.sent;
    this.broken = exchange.broken;
  }
}

/** The user stopped the command. */
export function interrupted(): AnonError {
  return new AnonError('interrupted', 'Interrupted.');
}

export function isAnonError(value: unknown): value is AnonError {
  return value instanceof Error && brand in value;
}

/** Checked by its members, because each file of the build has its own copy of the class. */
export function isUnreachable(value: unknown): value is UnreachableError {
  return isAnonError(value) && value.code === 'tenant_unreachable' && 'sent' in value;
}

/** The error with another hint; its class and other members stay. */
export function withHint<E extends AnonError>(error: E, hint: string | undefined): E {
  return reworded(error, { hint });
}

/** The error with another message or hint. */
export function reworded<E extends AnonError>(error: E, words: { message?: string; hint?: string | undefined }): E {
  const copy = Object.create(Object.getPrototypeOf(error), Object.getOwnPropertyDescriptors(error)) as E;
  for (const [name, value] of Object.entries(words)) {
    Object.defineProperty(copy, name, { value, enumerable: name === 'hint', writable: true, configurable: true });
  }
  return copy;
}

/** For what a newer version has written. The name is not ours in any registry: installing it from one could run anybody's code. */
export const updateHint = 'Install a newer anon-cli from its repository; it is not in any package registry.';
