/**
 * Has `heard` called with what Node.js itself warns of, which it would write to stderr: NODE_TLS_REJECT_UNAUTHORIZED, what is
 * experimental or out of date. Of a NODE_EXTRA_CA_CERTS that cannot be read it tells before a program begins.
 */
export function hearNodeWarnings(heard: (message: string) => void): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => heard(name === 'Warning' ? message : `${name}: ${message}`));
}
