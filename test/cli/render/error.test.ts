import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderError } from '../../../src/cli/render/error.ts';
import { AnonError, GateClosedError, ResponseError } from '../../../src/errors.ts';
import { palette } from '../../../src/io/terminal/palette.ts';
import { hostileText, unsafe } from '../../support/screen.ts';

const refusal = { status: 403, error: 'unauthorized_client', description: 'Not enabled.' };
const gate = { name: 'application', explanation: 'Gate 2: closed.', command: 'anon-cli app enable web' } as const;
const people = { json: false, exitCode: 1, warnings: [] };
const machines = { ...people, json: true };

describe('an error as text', () => {
  it('is one line, and a second one with the hint', () => {
    const error = new AnonError('not_found', "API 'shp' not found.", { hint: "Did you mean 'shop'?" });
    expect(renderError(error, people)).toBe("error: API 'shp' not found.\nhint:  Did you mean 'shop'?\n");
  });

  it('is one line without a hint', () => {
    expect(renderError(new AnonError('interrupted', 'Interrupted.'), people)).toBe('error: Interrupted.\n');
  });

  it('has the command of a long hint on its own line', () => {
    const hint = `${'A long explanation of why, '.repeat(3)}and so. Open it: anon-cli api enable shop --scopes read:catalog`;
    expect(renderError(new AnonError('gate_closed', 'No.', { hint }), people).split('\n')).toEqual([
      'error: No.',
      expect.stringMatching(/^hint: {2}A long .* Open it:$/),
      '       anon-cli api enable shop --scopes read:catalog',
      '',
    ]);
  });

  it('goes on below that command with the sentence that follows it', () => {
    const hint = `${'A long explanation of why, '.repeat(3)}and so. A new one: anon-cli local start --port 0. Or none: unset NAME.`;
    expect(
      renderError(new AnonError('usage', 'No.', { hint }), people)
        .split('\n')
        .slice(2),
    ).toEqual(['       anon-cli local start --port 0', '       Or none: unset NAME.', '']);
  });

  it('leaves a command in its sentence that goes on behind it', () => {
    const hint = `${'A long explanation of why, '.repeat(3)}and so: anon-cli local user add jane, or leave it out`;
    expect(renderError(new AnonError('usage', 'No.', { hint }), people)).toBe(`error: No.\nhint:  ${hint}\n`);
  });

  it('has escape codes only with colours', () => {
    const error = new AnonError('usage', 'No.', { hint: 'Yes.' });
    expect(renderError(error, people)).not.toContain('\u001b');
    const coloured = renderError(error, { ...people, palette });
    expect(coloured).toContain('\u001b[31merror:');
    expect(stripVTControlCharacters(coloured)).toBe(renderError(error, people));
  });

  it("has a limited length, however long the tenant's answer is", () => {
    const much = `no ${'😀'.repeat(100_000)}`;
    const error = new ResponseError('failed', { status: 400, error: much, description: much }, { hint: much });
    expect(renderError(error, people).length).toBeLessThan(10_000);
    const text = renderError(error, machines);
    expect(text.length).toBeLessThan(20_000);
    expect(JSON.parse(text).error.service_description).toMatch(/^no 😀+…$/u);
  });

  it('never contains control characters from a tenant', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (message, hint) => {
        const text = renderError(new AnonError('failed', message, { hint: `x${hint}` }), people);
        expect(text.split('\n').filter((line) => unsafe.test(line))).toEqual([]);
        expect(text.split('\n').length).toBeLessThanOrEqual(4);
      }),
    );
  });
});

describe('an error as JSON', () => {
  it('is one JSON object on one line', () => {
    const text = renderError(new AnonError('usage', 'a\nb', { hint: 'c' }), { ...machines, exitCode: 2 });
    expect(text.split('\n')).toHaveLength(2);
    expect(JSON.parse(text)).toEqual({ error: { code: 'usage', message: 'a\nb', hint: 'c', exit_code: 2 } });
  });

  it("has the service's answer", () => {
    expect(JSON.parse(renderError(new ResponseError('failed', refusal), machines))).toEqual({
      error: {
        code: 'failed',
        message: 'unauthorized_client (403): Not enabled.',
        status: 403,
        service_error: 'unauthorized_client',
        service_description: 'Not enabled.',
        exit_code: 1,
      },
    });
  });

  it('has the gate, and the command that opens it', () => {
    expect(JSON.parse(renderError(new GateClosedError(refusal, gate), machines)).error).toMatchObject({
      code: 'gate_closed',
      gate: 'application',
      command: 'anon-cli app enable web',
      hint: 'Gate 2: closed. Open it: anon-cli app enable web',
      status: 403,
    });
  });

  it('has no command if none opens the gate', () => {
    const closed = new GateClosedError(refusal, { ...gate, command: undefined });
    expect(JSON.parse(renderError(closed, machines)).error).not.toHaveProperty('command');
  });

  it('has the earlier warnings', () => {
    const text = renderError(new AnonError('failed', 'No.'), { ...machines, warnings: ['one', 'two'] });
    expect(JSON.parse(text)).toMatchObject({ warnings: ['one', 'two'] });
    expect(JSON.parse(renderError(new AnonError('failed', 'No.'), machines))).not.toHaveProperty('warnings');
  });

  it('never has colours or its cause', () => {
    const error = new AnonError('failed', 'No.', { cause: new Error('hunter2') });
    const text = renderError(error, { ...machines, palette });
    expect(text).toBe(renderError(error, machines));
    expect(text).not.toContain('hunter2');
  });
});
