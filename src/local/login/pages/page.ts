import { type Html, html, type Inline, inline, nothing } from './html.ts';

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

/** The style of every page. It has no animations, fonts or pictures to load. Text and controls have the contrast of WCAG 2.2, level AA. */
const stylesheet = `
:root{color-scheme:light dark;--page:#f3f4f7;--card:#fff;--text:#1b1f27;--soft:#565e6c;--line:#dde0e7;--edge:#7b8392;--accent:#3b4cca;--on-accent:#fff;--hover:#f3f4fb;--bad:#b3261e;--code:#f3f4f7}
@media(prefers-color-scheme:dark){:root{--page:#121418;--card:#1c1f25;--text:#e9ebef;--soft:#a8b0be;--line:#343942;--edge:#848c9a;--accent:#9dacff;--on-accent:#121418;--hover:#252a34;--bad:#ffb4ab;--code:#121418}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;padding:1.5rem 1rem;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--text);background:var(--page);overflow-wrap:anywhere}
main{width:100%;max-width:26rem;padding:clamp(1.25rem,6vw,2rem);background:var(--card);border:1px solid var(--line);border-radius:.75rem}
h1{margin:0 0 1.25rem;font-size:1.5rem;line-height:1.25}
h2{margin:0;font-size:1rem}
p{margin:0 0 1rem}
main>:last-child{margin-bottom:0}
.tenant{margin:0 0 .25rem}
.tenant,.hint,footer,small{font-size:.875rem;color:var(--soft)}
h1,footer{text-wrap:balance}
footer{max-width:26rem;text-align:center}
a{color:var(--accent);text-underline-offset:.15em}
label{display:block;margin:0 0 .25rem;font-weight:600}
input,button{width:100%;min-height:2.75rem;font:inherit;border-radius:.5rem}
input{margin:0 0 1rem;padding:.5rem .75rem;color:inherit;background:var(--card);border:1px solid var(--edge)}
input:has(+.hint){margin-bottom:.5rem}
[aria-invalid]{border-color:var(--bad)}
button{padding:.5rem .75rem;color:inherit;background:none;border:1px solid var(--line);cursor:pointer}
button:hover{background:var(--hover)}
.main{margin:0 0 1rem;font-weight:600;color:var(--on-accent);background:var(--accent);border-color:var(--accent)}
.main:hover{background:var(--accent);filter:brightness(1.1)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.problem{padding:.5rem .75rem;color:var(--bad);border:1px solid;border-left-width:4px;border-radius:.5rem}
section{padding:1.25rem 0 0;border-top:1px solid var(--line)}
ul{display:grid;gap:.5rem;margin:0;padding:0;list-style:none}
ul+p{margin:.5rem 0 0}
li button{display:flex;align-items:center;gap:.75rem;text-align:left}
li b,small{display:block;line-height:1.3}
i{flex:none;width:2rem;font-style:normal;font-weight:600;line-height:2rem;text-align:center;color:var(--accent);background:var(--hover);border-radius:50%}
code{font:.875em/1.5 ui-monospace,monospace}
pre{margin:0 0 1rem;padding:.75rem;white-space:pre-wrap;background:var(--code);border:1px solid var(--line);border-radius:.5rem;user-select:all;-webkit-user-select:all}
`;

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
