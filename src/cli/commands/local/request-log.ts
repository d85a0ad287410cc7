import type { Explain, ServedRequest } from '../../../local/http/served-request.ts';
import { notePaint, type Paint } from '../../render/paint.ts';
import { printable, printableStart } from '../../render/printable.ts';
import { padded } from '../../render/width.ts';
import type { Context } from '../../world/context.ts';

const [methodWidth, pathWidth] = [7, 22];

/** Lines wait this long for others and are written together: under load, a write takes as long as all the rest of a line. */
const togetherMs = 10;

export interface RequestLog {
  add(served: ServedRequest): void;
  /** Prints what is still waiting to be printed. */
  end(): Promise<void>;
}

/**
 * Prints one line on stderr for each request to the local tenant: method, path, status, application, guest and what happened.
 * For a closed gate, the line ends with the command that opens it.
 */
export function requestLog(context: Context, explain: Explain): RequestLog {
  let lines: string[] = [];
  let waiting: NodeJS.Timeout | undefined;
  let paint: Paint | undefined;
  const explanations = new Set<Promise<void>>();
  const print = (line: string) => {
    waiting ??= setTimeout(flush, togetherMs);
    lines.push(line);
  };
  const flush = () => {
    clearTimeout(waiting);
    waiting = undefined;
    const text = lines.map((line) => `${line}\n`).join('');
    lines = [];
    if (text !== '') context.terminal.note(text);
  };
  return {
    add(served) {
      paint ??= notePaint(context.terminal);
      const painting = paint;
      const reason = explain(served);
      if (!reason) return print(requestLines(painting, served));
      const explanation = reason
        .then((known) => print(requestLines(painting, served, known?.command)))
        .finally(() => explanations.delete(explanation));
      explanations.add(explanation);
    },
    async end() {
      await Promise.all(explanations);
      flush();
    },
  };
}

/** The request, and below it what users' Actions printed and where they failed. */
export function requestLines(paint: Paint, served: ServedRequest, command?: string): string {
  const lines = (served.actions ?? []).flatMap(({ name, level, text }) =>
    text
      .split('\n')
      .map(
        (line) =>
          `  ${paint.dim(shortened(name))}  ${level === 'failed' ? paint.red('failed: ') : ''}${printableStart(line)}`,
      ),
  );
  return [requestLine(paint, served, command), ...lines].join('\n');
}

/** `POST    /anonymous/token        403  web  unauthorized_client  → anon-cli app enable web` */
export function requestLine(paint: Paint, served: ServedRequest, command?: string): string {
  const { method, path, status, app, clientId, guest, user, session, refusedOrigin, error, fault, unanswered } = served;
  const colour = status < 300 ? paint.green : status < 500 ? paint.yellow : paint.red;
  const parts = [
    `${padded(shortened(method), methodWidth)} ${padded(shortened(path), pathWidth)}`,
    unanswered ? paint.red('---') : colour(String(status)),
    shortened(app ?? clientId ?? ''),
    shortened(guest ?? ''),
    shortened(user ?? ''),
    refusedOrigin === undefined ? '' : `no access for pages of ${shortened(refusedOrigin)}`,
    session ?? error ?? '',
    fault === undefined ? '' : `fault ${shortened(fault)}`,
    command === undefined ? '' : paint.bold(`→ ${printable(command)}`),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

const longest = 60;

/** On one line, whatever the client sent. */
function shortened(text: string): string {
  return printable(text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
}
