import { shellWord } from '../../../domain/shell-word.ts';

interface Authority {
  /** The file with its certificate. */
  readonly path: string;
  readonly platform: NodeJS.Platform;
  /** What adds it to the user's own list. */
  readonly command: string;
}

/** How each tool trusts a certificate authority: its name, and what to run or where to click. */
export function waysToTrust(authority: Authority): readonly (readonly [tool: string, how: string])[] {
  const file = shellWord(authority.path);
  return [
    ['Node.js', `NODE_EXTRA_CA_CERTS=${file} node app.js`],
    ['curl', `curl --cacert ${file} https://localhost:4400/.well-known/jwks.json`],
    ['Python', `REQUESTS_CA_BUNDLE=${file} for requests, SSL_CERT_FILE=${file} for others`],
    ['anon-cli', `--ca-file ${file}`],
    ...ofSystem(authority, file),
  ];
}

function ofSystem({ platform, command }: Authority, file: string): (readonly [string, string])[] {
  if (platform === 'darwin') {
    return [
      ['Safari, Chrome', command],
      ['Firefox', 'uses the keychain'],
    ];
  }
  if (platform === 'win32') {
    return [
      ['Edge, Chrome', command],
      ['Firefox', 'uses the certificates of Windows'],
    ];
  }
  return [
    ['Chrome, Chromium', command],
    ['Firefox', `Settings > Privacy & Security > View Certificates > Authorities > Import ${file}`],
    ['Debian, Ubuntu', `sudo cp ${file} /usr/local/share/ca-certificates/anon-cli.crt && sudo update-ca-certificates`],
    ['Fedora, RHEL', `sudo trust anchor ${file}`],
  ];
}
