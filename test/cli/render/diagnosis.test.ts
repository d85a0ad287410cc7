import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosisData, renderDiagnosis } from '../../../src/cli/render/diagnosis.ts';
import { paintFor } from '../../../src/cli/render/paint.ts';
import type { Check } from '../../../src/domain/gates/diagnosis/check.ts';
import type { Diagnosis } from '../../../src/domain/gates/diagnosis/diagnose.ts';
import { palette } from '../../../src/io/terminal/palette.ts';
import { scriptedConnection } from '../../support/domain.ts';
import { hostileText, unsafe } from '../../support/screen.ts';

function diagnosisOf(checks: readonly Check[], verdict = 'A guest cannot get a token'): Diagnosis {
  return {
    checks,
    verdict,
    ok: false,
    failure: undefined,
    tenant: scriptedConnection([]),
    app: undefined,
    api: undefined,
    scopes: [],
  };
}

const checks: readonly Check[] = [
  { check: 'reachable', state: 'open', finding: 'acme.example answers' },
  { check: 'management_scopes', state: 'warning', finding: 'missing update:clients', advice: 'Give it.' },
  { check: 'lifetime', state: 'warning', finding: 'one hour', fix: 'anon-cli tenant set-lifetime 30d' },
  { check: 'app', state: 'closed', finding: 'web may not', fix: 'anon-cli app enable web' },
  { check: 'api', state: 'closed', finding: 'shop does not', fix: 'anon-cli api enable shop --scopes a' },
  { check: 'scopes', state: 'closed', finding: 'none', fix: 'anon-cli api enable shop --scopes a' },
  { check: 'probe', state: 'skipped', finding: 'not asked for' },
];

describe('a diagnosis', () => {
  it('has one line per check, each command once, and the verdict last', () => {
    expect(renderDiagnosis(paintFor(false), diagnosisOf(checks), 'anon-cli doctor --fix')).toBe(`\
✔ open     reachable    acme.example answers
! warning  management   missing update:clients
! warning  lifetime     one hour
✘ closed   app          web may not
✘ closed   api          shop does not
✘ closed   scopes       none
– skipped  probe        not asked for

To open it
  $ anon-cli app enable web
  $ anon-cli api enable shop --scopes a

Or all at once
  $ anon-cli doctor --fix

Recommended
  $ anon-cli tenant set-lifetime 30d

What to do
  management   Give it.

✘ A guest cannot get a token
`);
  });

  it('breaks long findings at their spaces, within 80 columns', () => {
    const finding = 'the API no longer says anything of guests, and somebody has to tell it again. '.repeat(3);
    const text = renderDiagnosis(
      paintFor(false, { columns: 80 }),
      diagnosisOf([{ check: 'api', state: 'closed', finding }]),
      undefined,
    );
    const lines = text.split('\n\n')[0]?.split('\n') ?? [];
    expect(lines.length).toBeGreaterThan(3);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.slice(1).every((line) => line.startsWith(' '.repeat(24)))).toBe(true);
  });

  it('is readable without colour: each state has its word', () => {
    const plain = renderDiagnosis(paintFor(false), diagnosisOf(checks), undefined);
    for (const word of ['open', 'warning', 'closed', 'skipped']) expect(plain).toContain(` ${word} `);
    expect(renderDiagnosis(paintFor(palette), diagnosisOf(checks), undefined)).toContain('\u001b[');
  });

  it('escapes control characters from the tenant', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const check: Check = { check: 'app', state: 'closed', finding: text, fix: text };
        const advised: Check = { check: 'api', state: 'unknown', finding: text, advice: text };
        const shown = renderDiagnosis(paintFor(false), diagnosisOf([check, advised], text), text);
        expect(unsafe.test(shown.replaceAll('\n', ''))).toBe(false);
      }),
    );
  });

  it('as JSON has null for missing values', () => {
    const { tenant, checks: told } = diagnosisData(diagnosisOf(checks));
    expect(tenant).toEqual({ profile: 'acme', issuer: 'https://acme.example/', edition: 'preview' });
    expect(told.at(-1)).toEqual({
      check: 'probe',
      state: 'skipped',
      finding: 'not asked for',
      fix: null,
      advice: null,
    });
  });
});
