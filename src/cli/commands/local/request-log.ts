import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { explainRefusal } from '../../../domain/gates/explain-refusal.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { GateClosedError, ResponseError } from '../../../errors.ts';
import type { ServedRequest } from '../../../local/http/served-request.ts';
import { notePaint, type Paint } from '../../render/paint.ts';
import { printable } from '../../render/printable.ts';
import { padded } from '../../render/width.ts';
import type { Access } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

const [methodWidth, pathWidth] = [7, 22];

/** Refusals for which a gate may be closed. */
const gateErrors = ['feature_not_enabled', 'unauthorized_client', 'invalid_target', 'invalid_scope'];

export interface RequestLog {
  add(served: ServedRequest): void;
  /** Prints what is still waiting to be printed. */
  end(): Promise<void>;
}

/**
 * Prints one line on stderr for each request to the local tenant: method, path, status, application, guest and what happened.
 * For a closed gate, the line ends with the command that opens it. `connect` is called for the first of these.
 */
export function requestLog(context: Context, connect: () => Promise<Access>): RequestLog {
  let access: Promise<Access> | undefined;
  let lines: string[] = [];
  const explanations = new Set<Promise<void>>();
  const print = (line: string) => {
    // Under load, many lines are written at once.
    if (lines.length === 0) setImmediate(flush);
    lines.push(line);
  };
  const flush = () => {
    const text = lines.map((line) => `${line}\n`).join('');
    lines = [];
    if (text !== '') context.terminal.note(text);
  };
  const openingCommand = async (served: ServedRequest): Promise<string | undefined> => {
    access ??= connect();
    // The line matters more than the command.
    return access.then(({ tenant }) => commandFor(tenant, served)).catch(() => undefined);
  };
  return {
    add(served) {
      const paint = notePaint(context.terminal);
      if (served.refusedOrigin === undefined && !gateErrors.includes(served.error ?? '')) {
        print(requestLines(paint, served));
        return;
      }
      const explanation = openingCommand(served)
        .then((command) => print(requestLines(paint, served, command)))
        .finally(() => explanations.delete(explanation));
      explanations.add(explanation);
    },
    async end() {
      await Promise.all(explanations);
      flush();
    },
  };
}

/** The command that lets the page of a request read the responses. A preflight request names no application. */
function originCommand({ selection }: TenantConnection, app: string | undefined, origin: string): string | undefined {
  // Sandboxed pages and files have no origin that could be allowed.
  if (origin === 'null') return undefined;
  return `anon-cli app origins add ${app === undefined ? '<app>' : shellWord(app)} ${shellWord(origin)}${selection}`;
}

/** The command that opens the gate that is closed for a request; undefined if no gate is, or it is unknown. */
async function commandFor(tenant: TenantConnection, served: ServedRequest): Promise<string | undefined> {
  const { clientId, app = clientId, audience, scope, status, error = '', refusedOrigin } = served;
  if (refusedOrigin !== undefined) return originCommand(tenant, served.app, refusedOrigin);
  if (clientId === undefined || app === undefined) return undefined;
  if (audience === undefined && error !== 'unauthorized_client') return undefined;
  const refusal = new ResponseError('failed', { status, error, description: '' });
  const request = {
    app: { clientId, name: app, clientSecret: undefined },
    api: { audience: audience ?? '', name: audience ?? '' },
    scope,
  };
  const explained = await explainRefusal(tenant, refusal, request);
  return explained instanceof GateClosedError ? explained.command : undefined;
}

/** The request, and below it what users' Actions printed and where they failed. */
export function requestLines(paint: Paint, served: ServedRequest, command?: string): string {
  const lines = (served.actions ?? []).flatMap(({ name, level, text }) =>
    text
      .split('\n')
      .map(
        (line) =>
          `  ${paint.dim(shortened(name))}  ${level === 'failed' ? paint.red('failed: ') : ''}${printedLine(line)}`,
      ),
  );
  return [requestLine(paint, served, command), ...lines].join('\n');
}

/** `POST    /anonymous/token        403  web  unauthorized_client  → anon-cli app enable web` */
export function requestLine(paint: Paint, served: ServedRequest, command?: string): string {
  const { method, path, status, app, clientId, guest, user, session, refusedOrigin, error } = served;
  const colour = status < 300 ? paint.green : status < 500 ? paint.yellow : paint.red;
  const parts = [
    `${padded(shortened(method), methodWidth)} ${padded(shortened(path), pathWidth)}`,
    colour(String(status)),
    shortened(app ?? clientId ?? ''),
    shortened(guest ?? ''),
    shortened(user ?? ''),
    refusedOrigin === undefined ? '' : `no access for pages of ${shortened(refusedOrigin)}`,
    session ?? error ?? '',
    command === undefined ? '' : paint.bold(`→ ${printable(command)}`),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

const longest = 60;

/** On one line, whatever the client sent. */
function shortened(text: string): string {
  return printable(text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
}

const longestPrinted = 1000;

/** A line that an Action printed. */
function printedLine(text: string): string {
  return printable(text.length > longestPrinted ? `${text.slice(0, longestPrinted - 1)}…` : text);
}
