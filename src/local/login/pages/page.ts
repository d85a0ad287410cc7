import { type Html, html, type Inline, inline, nothing } from './html.ts';
import { stylesheet } from './stylesheet.ts';

interface PageContent {
  readonly title: string;
  /** The content of `<body>`. */
  readonly body: Html;
  /** 200 if not given. */
  readonly status?: number;
  /** The only script that runs. */
  readonly script?: Inline;
  /** The source of CSP whose pages may frame this page; none if not given. */
  readonly framedBy?: string;
}

const style = inline('style', stylesheet);

/** Without it, browsers request /favicon.ico. */
const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='%233b4cca'/><path d='M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5m-5 5a5 4 0 0 1 10 0z' fill='%23fff'/></svg>";

/** A page for a browser. It loads nothing, and no cache stores it. */
export function page({ title, body, status = 200, script, framedBy }: PageContent): Response {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="${icon}">
${style.element}
</head>
<body>
${body}
${script?.element ?? nothing}
</body>
</html>
`;
  return new Response(document.text, { status, headers: pageHeaders(script, framedBy) });
}

function pageHeaders(script: Inline | undefined, framedBy: string | undefined): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src ${style.source}`,
    'img-src data:',
    ...(script ? [`script-src ${script.source}`] : []),
    "base-uri 'none'",
    // No form-action: Chromium also applies it to the redirects that answer a form, and these lead to the application.
    `frame-ancestors ${framedBy ?? "'none'"}`,
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    // It cannot name an origin.
    ...(framedBy === undefined && { 'x-frame-options': 'DENY' }),
    // No cross-origin-opener-policy: a login in a popup has to reach the page that opened it.
  };
}

interface CardContent extends Pick<PageContent, 'status'> {
  readonly title: string;
  /** The text of `<h1>`. */
  readonly heading: Html | string;
  /** Shown above the heading. */
  readonly tenantName?: string;
  /** What follows the heading. */
  readonly content: Html;
}

/** A page for people: one card, and a line that says what the tenant is. */
export function cardPage({ title, heading, tenantName, content, status = 200 }: CardContent): Response {
  const body = html`<main>
${tenantName === undefined ? nothing : html`<p class="tenant"><bdi>${tenantName}</bdi></p>`}
<h1>${heading}</h1>
${content}
</main>
<footer>Local tenant for development. Never type a real password here.</footer>`;
  return page({ title, body, status });
}
