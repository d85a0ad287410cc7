import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { address, html, inline, jsonBlock, nothing, type Part } from '../../../../src/local/login/pages/html.ts';

describe('html', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`"a" & 'b'`, '&quot;a&quot; &amp; &#39;b&#39;'],
    ['&lt;', '&amp;lt;'],
    ['a\0b', 'a\u{FFFD}b'],
    ['a\r\nb', 'a&#13;\nb'],
    ['é 日本 \u2028', 'é 日本 \u2028'],
    ['', ''],
  ])('escapes %j in text and attributes', (text, escaped) => {
    expect(html`<p title="${text}">${text}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`);
  });

  it('nests HTML and lists of it without escaping them again', () => {
    const items = ['a', '<b>'].map((name) => html`<li>${name}</li>`);
    expect(html`<ul>${items}</ul>${nothing}${['<', html`<br>`, 3]}`.text).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>&lt;<br>3',
    );
  });

  it.each([undefined, null, true, {}, { text: '<b>' }, () => '<b>'])('refuses %j', (value) => {
    expect(() => html`<p>${value as unknown as Part}</p>`).toThrow(TypeError);
  });

  it('refuses an attribute without double quotes', () => {
    expect(() => html`<p title=${'a onclick=b'}>`).toThrow(/quotes/);
    expect(() => html`<p title='${'a'}'>`).toThrow(/quotes/);
    expect(() => html`<p class="${'a'}" title=${'b'}>`).toThrow(/quotes/);
    expect(html`<p>a=b, ${'c='}${'d'}</p>`.text).toBe('<p>a=b, c=d</p>');
  });
});

describe('address', () => {
  it.each([
    ...['javascript:alert(1)', 'JavaScript:alert(1)', ' \tjava\nscript:alert(1)', '\u0001javascript:alert(1)'],
    ...['data:text/html,<script>', 'vbscript:x', 'blob:https://a.example/b'],
    'https://',
  ])('refuses %j', (url) => {
    expect(() => address(url)).toThrow(TypeError);
  });

  it.each(['/u/login?state=a', 'https://a.example/b', 'http://localhost:3000/cb', 'com.example.app://cb', '?a=b', ''])(
    'takes %j',
    (url) => {
      expect(address(url)).toBe(url);
    },
  );
});

describe('inline', () => {
  it('allows exactly what is between the tags', () => {
    const { element, source } = inline('script', 'run("é")');
    expect(element.text).toBe('<script>run("é")</script>');
    expect(source).toBe(`'sha256-${createHash('sha256').update('run("é")').digest('base64')}'`);
  });

  it.each(['a</script>b', 'a<!--b', '</style'])('refuses %j', (content) => {
    expect(() => inline('script', content)).toThrow(TypeError);
  });
});

it('jsonBlock has JSON that no parser of HTML or JavaScript reads otherwise', () => {
  const value = { '</script>': '<!--<script>', b: '\u2028\u2029\0&amp;"' };
  const { text } = jsonBlock('data', value);
  const json = text.replace('<script type="application/json" id="data">', '').replace('</script>', '');
  expect(json).not.toMatch(/[<>&\u2028\u2029\0]/);
  expect(JSON.parse(json)).toEqual(value);
});
