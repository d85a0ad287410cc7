import type { RequestListener } from 'node:http';
import { answer } from './http-server.ts';

const token = { access_token: 'a-management-token', token_type: 'Bearer', expires_in: 86_400 };

/** A tenant that issues Management API tokens, and otherwise sends these responses, one per request. */
export function tenant(answers: readonly RequestListener[], asked: string[] = []): RequestListener {
  const rest = [...answers];
  return (request, response) => {
    if (request.url === '/oauth/token') return answer(response, token);
    asked.push(`${request.method} ${request.url}`);
    const next = rest.shift();
    if (next) return next(request, response);
    answer(response, { message: 'No answer is left.' }, 404);
  };
}

export const fine: RequestListener = (_, response) => answer(response, { friendly_name: 'Acme', sessions: {} });
export const limited: RequestListener = (_, response) => answer(response, {}, 429, { 'retry-after': '1' });
export const busy: RequestListener = (_, response) => answer(response, {}, 503);
export const reset: RequestListener = (request) => void request.socket.resetAndDestroy();

export const truncated: RequestListener = (request, response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"friendly_name":"Acme"', () => request.socket.destroy());
};

export const htmlPage: RequestListener = (_, response) => {
  response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>Bad gateway</h1></html>');
};
