/** Each process of Node.js reads the authorities that this variable names when it starts, which takes longer than the start itself. */
export function setup(): void {
  delete process.env.NODE_EXTRA_CA_CERTS;
}
