import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import tls, { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { readUserBytes } from '../../../src/io/files/user-file.ts';
import { readCertificateFile, trustedWith } from '../../../src/io/http/trusted-certificates.ts';
import certificates from '../../fixtures/tls.json' with { type: 'json' };
import { authority, certificateFile } from '../../support/authority-file.ts';
import { failureOf } from '../../support/domain.ts';
import { temporaryFolder } from '../../support/folder.ts';

function file(text: string): string {
  const path = join(temporaryFolder(), 'certificates.pem');
  writeFileSync(path, text);
  return path;
}

const trimmed = (texts: readonly string[]) => texts.map((text) => text.trim());

describe('certificates in a file', () => {
  it('are trusted in addition to those that Node trusts', () => {
    const trusted = trimmed(trustedWith(authority(), {}));
    expect(trusted).toContain(certificates.authority.trim());
    expect(trusted).toEqual(expect.arrayContaining(trimmed(rootCertificates)));
  });

  it('may be several, with text in between and line ends of any kind', () => {
    const path = file(
      `# Ours\r\n${certificates.authority.replaceAll('\n', '\r\n')}\n# Theirs\n${certificates.localhost}`,
    );
    expect(trustedWith(certificateFile(path), {})).toHaveLength(trustedWith(authority(), {}).length + 1);
  });

  // Since 22.15 Node includes these itself, from its own environment only.
  it.skipIf('getCACertificates' in tls)('are trusted beside those of NODE_EXTRA_CA_CERTS', () => {
    const extra = file(certificates.localhost);
    expect(trimmed(trustedWith(authority(), { NODE_EXTRA_CA_CERTS: extra }))).toEqual(
      expect.arrayContaining(trimmed([certificates.localhost, certificates.authority])),
    );
    // Node has already warned about a missing file.
    expect(trustedWith(authority(), { NODE_EXTRA_CA_CERTS: `${extra}.not` })).toContain(rootCertificates[0]);
  });

  it.each([
    ['', 'contains no certificate'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n', 'contains no certificate'],
    [
      '-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n',
      'contains a certificate that cannot be read',
    ],
  ])('must be present and valid: %j', async (text, problem) => {
    const path = file(text);
    expect(await failureOf(() => trustedWith(certificateFile(path), {}))).toMatchObject({
      code: 'usage',
      message: `The certificate file ${path} ${problem}.`,
    });
  });

  it('must be in a readable file', async () => {
    const folder = temporaryFolder();
    expect(await failureOf(() => readCertificateFile(join(folder, 'none.pem'), readUserBytes))).toMatchObject({
      code: 'usage',
      message: `The certificate file ${join(folder, 'none.pem')} cannot be read: no such file.`,
    });
    expect(await failureOf(() => readCertificateFile(folder, readUserBytes))).toMatchObject({
      message: `The certificate file ${folder} cannot be read: it is a folder.`,
    });
  });
});
