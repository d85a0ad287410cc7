/** The style of every page. It has no animations, fonts or pictures to load. Text and controls have the contrast of WCAG 2.2, level AA. */
export const stylesheet = `
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
