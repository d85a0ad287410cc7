import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claimsData, type Preview, renderClaims, renderPreview } from '../../../src/cli/render/claims.ts';
import { paintFor } from '../../../src/cli/render/paint.ts';
import type { ClaimsHolder } from '../../../src/domain/claims/mapping.ts';
import { palette } from '../../../src/io/terminal/palette.ts';
import { resourceServer } from '../../../src/wire/resource-server.ts';
import { hostileText, unsafe } from '../../support/screen.ts';

const plain = paintFor(false);

function holder(name: string, claims: ClaimsHolder['claims']): ClaimsHolder {
  const body = { id: '1', identifier: 'urn:shop', scopes: [] };
  return { heldBy: 'api', name, id: 'urn:shop', claims, maxClaims: 20, body, path: '/', schema: resourceServer };
}

function previewOf(text: string): Preview {
  const claim = { name: text, expression: text };
  return {
    service: { iss: text, [text]: { text } },
    mapped: [{ ...claim, value: [text] }],
    leftOut: [
      { ...claim, state: 'left_out', reason: text },
      { ...claim, state: 'unknown', reason: text },
    ],
    metadataAsLastKnown: false,
  };
}

it('nothing that is shown can control a terminal, whatever names and values claims have', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const claims = [{ name: text, expression: text }];
      const shown = [
        [renderClaims(plain, holder(text, claims)), 3],
        [renderClaims(plain, holder(text, [])), 1],
        [renderPreview(plain, previewOf(text)), 8],
        [renderPreview(plain, { none: text }), 2],
      ] as const;
      for (const [printed, count] of shown) {
        const lines = printed.split('\n');
        expect(lines).toHaveLength(count + 1);
        for (const line of lines) expect(line).not.toMatch(unsafe);
      }
    }),
  );
});

it('mapped claims are highlighted', () => {
  const preview: Preview = {
    service: { iss: 'https://tenant.example/' },
    mapped: [{ name: 'items', expression: 'anonymous_session.metadata.items', value: 3 }],
    leftOut: [
      { name: 'note', expression: 'anonymous_session.metadata.note', state: 'left_out', reason: 'it is null' },
      { name: 'id', expression: 'anonymous_session.session_id', state: 'unknown', reason: 'it is encrypted' },
    ],
    metadataAsLastKnown: false,
  };
  expect(renderPreview(plain, preview).split('\n')).toEqual([
    '',
    "The current session's next access token",
    '  iss            https://tenant.example/',
    '  iat, exp, jti  new in each token',
    '  items          3 ← anonymous_session.metadata.items',
    '  note           left out: it is null',
    '  id             unknown: it is encrypted',
    '',
  ]);
  expect(renderPreview(plain, { ...preview, metadataAsLastKnown: true })).toBe(
    `${renderPreview(plain, preview)}  The session token is encrypted; the metadata shown was last saved here.\n`,
  );
  expect(renderPreview(plain, { ...preview, mapped: [], leftOut: [], metadataAsLastKnown: true })).not.toContain(
    'sealed',
  );
  expect(renderPreview(paintFor(palette), preview)).toContain('\u001B[32m3\u001B[39m');
  expect(claimsData(holder('shop', []), preview)).toMatchObject({
    audience: 'urn:shop',
    preview: { mapped: ['items'] },
  });
});
