import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { explainRefusal } from '../../../domain/gates/explain-refusal.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { GateClosedError, ResponseError } from '../../../errors.ts';
import type { Explanation, ServedRequest } from '../../../local/http/served-request.ts';

/** The gate that is closed for a request, and the command that opens it; undefined if no gate is, or it is unknown. */
export async function explainServed(tenant: TenantConnection, served: ServedRequest): Promise<Explanation | undefined> {
  const { clientId, app = clientId, audience, scope, status, error = '', refusedOrigin, refusedUrl } = served;
  if (refusedOrigin !== undefined)
    return { gate: undefined, command: originCommand(tenant, served.app, refusedOrigin) };
  if (clientId === undefined || app === undefined) return undefined;
  if (refusedUrl) {
    const command = `anon-cli app ${refusedUrl.list} add ${shellWord(app)} ${shellWord(refusedUrl.url)}${tenant.selection}`;
    return { gate: undefined, command };
  }
  if (audience === undefined && error !== 'unauthorized_client') return undefined;
  const refusal = new ResponseError('failed', { status, error, description: '' });
  const request = {
    app: { clientId, name: app, clientSecret: undefined },
    api: { audience: audience ?? '', name: audience ?? '' },
    scope,
  };
  const explained = await explainRefusal(tenant, refusal, request);
  return explained instanceof GateClosedError ? { gate: explained.gate, command: explained.command } : undefined;
}

/** The command that lets the page of a request read the responses. A preflight request names no application. */
function originCommand({ selection }: TenantConnection, app: string | undefined, origin: string): string | undefined {
  // Sandboxed pages and files have no origin that could be allowed.
  if (origin === 'null') return undefined;
  return `anon-cli app origins add ${app === undefined ? '<app>' : shellWord(app)} ${shellWord(origin)}${selection}`;
}
