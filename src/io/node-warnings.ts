/**
 * Has `heard` called with what Node.js itself warns of, which it would write to stderr: certificates of NODE_EXTRA_CA_CERTS
 * that cannot be read, what is experimental or out of date.
 */
export function hearNodeWarnings(heard: (message: string) => void): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => heard(name === 'Warning' ? message : `${name}: ${message}`));
}
