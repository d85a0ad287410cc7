/** Answers a request, as a tenant does. */
export type Handle = (request: Request) => Promise<Response>;

/** As much of a browser as a login needs: it sends cookies back. It follows no redirect. */
export interface Browser {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  submit(path: string, form: Readonly<Record<string, string>>): Promise<Response>;
}

/** JSON in place of a page, where the tenant has a choice. */
const accepted = { accept: 'application/json', 'user-agent': 'anon-cli transfer rehearse' };

/** A browser at the tenant with this issuer, at first with the given cookies. */
export function newBrowser(handle: Handle, issuer: string, cookies: Readonly<Record<string, string>> = {}): Browser {
  const jar = new Map(Object.entries(cookies));
  const visit = async (path: string, { headers, ...request }: RequestInit): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = { ...accepted, ...(cookie !== '' && { cookie }), ...(headers as Record<string, string>) };
    const response = await handle(new Request(new URL(path, issuer), { ...request, headers: sent }));
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    return response;
  };
  return {
    get: (path, headers = {}) => visit(path, { headers }),
    submit: (path, form) => visit(path, { method: 'POST', headers: formType, body: formText(form) }),
  };
}

const formType = { 'content-type': 'application/x-www-form-urlencoded' };

function formText(form: Readonly<Record<string, string>>): string {
  return new URLSearchParams(form).toString();
}

/** Everything is one site, and one login takes less time than any cookie has. @see RFC 6265, section 5.3 */
function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  const name = pair.slice(0, equals);
  if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) jar.delete(name);
  else jar.set(name, pair.slice(equals + 1));
}
