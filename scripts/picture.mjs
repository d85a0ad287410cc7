// Draws docs/quickstart.svg, the picture in README, from what the quickstart prints in a new home: `npm run picture`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [characterWidth, lineHeight, margin, bar] = [8.4, 19, 20, 34];
const colours = { 31: '#f47067', 32: '#57ab5a', 33: '#c69026', 36: '#39c5cf' };

const lines = ['\u001b[2m$\u001b[22m \u001b[1manon-cli quickstart\u001b[22m', '', ...quickstart()];
writeFileSync(fileURLToPath(new URL('../docs/quickstart.svg', import.meta.url)), drawing(lines));

function quickstart() {
  const home = mkdtempSync(join(tmpdir(), 'anon-cli-picture-'));
  try {
    const env = { PATH: process.env.PATH, HOME: home, FORCE_COLOR: '1', ANON_KEYRING: 'off' };
    const args = [join(root, 'bin', 'anon-cli.cjs'), 'quickstart'];
    return execFileSync(process.execPath, args, { env, encoding: 'utf8' }).trimEnd().split('\n');
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function drawing(texts) {
  const longest = Math.max(...texts.map((text) => withoutStyle(text).length));
  const width = Math.ceil(longest * characterWidth + 2 * margin);
  const height = texts.length * lineHeight + bar + margin;
  const rows = texts.map((text, index) => {
    const y = bar + (index + 1) * lineHeight - 5;
    return `<text x="${margin}" y="${y}" xml:space="preserve">${spans(text)}</text>`;
  });
  const dots = ['#f47067', '#c69026', '#57ab5a'].map((fill, index) => {
    return `<circle cx="${margin + index * 18}" cy="17" r="5.5" fill="${fill}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="What anon-cli quickstart prints">
<rect width="${width}" height="${height}" rx="9" fill="#1c2128"/>
${dots.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#cdd9e5">
${rows.filter((row) => !row.endsWith('"></text>')).join('\n')}
</g>
</svg>
`;
}

/** The styles of a terminal as those of SVG: bold, dim and the colours that the program uses. */
function spans(text) {
  const style = { bold: false, dim: false, colour: undefined };
  let column = 0;
  return text
    .split('\u001b[')
    .map((part, index) => {
      const end = index === 0 ? -1 : part.indexOf('m');
      if (end > 0) apply(style, Number(part.slice(0, end)));
      const written = part.slice(end + 1);
      if (written === '') return '';
      const x = margin + column * characterWidth;
      column += written.length;
      return `<tspan x="${x.toFixed(1)}"${attributes(style)}>${escaped(written)}</tspan>`;
    })
    .join('');
}

function apply(style, code) {
  if (code === 1) style.bold = true;
  else if (code === 2) style.dim = true;
  else if (code === 22) Object.assign(style, { bold: false, dim: false });
  else style.colour = colours[code];
}

function attributes({ bold, dim, colour }) {
  const fill = colour ?? (dim ? '#768390' : undefined);
  return `${bold ? ' font-weight="bold"' : ''}${fill ? ` fill="${fill}"` : ''}`;
}

function withoutStyle(text) {
  return text
    .split('\u001b[')
    .map((part, index) => (index === 0 ? part : part.slice(part.indexOf('m') + 1)))
    .join('');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
