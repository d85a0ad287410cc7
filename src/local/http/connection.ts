/** The connection on which a request arrived, as the adapter to node:http passes it on. */
export interface Connection {
  readonly incoming: { readonly socket: { readonly remoteAddress?: string | undefined } };
}

/** An IPv4 address is mapped where a socket for both listens. @see RFC 4291, sections 2.5.3 and 2.5.5.2 */
const loopbackForm = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i;

/** Whether the other end is a process on this machine. The address of a connection that is gone is unknown. */
export function isFromThisMachine({ incoming: { socket } }: Connection): boolean {
  return loopbackForm.test(socket.remoteAddress ?? '');
}
