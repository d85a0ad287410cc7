// A child of the bench: sends the same request over keep-alive connections, one at a time on each. With several ports, the
// connections take turns. With `ca`, they are over TLS. Sends the rate and the latencies to its parent.
//
// It shares the machine with the server, so it costs as little as it can: it reads responses into one buffer and looks only at
// their status and length. The first responses are not measured: they pay for its start and its connections.
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { connect as connectTls } from 'node:tls';
import { percentile } from './program.mjs';

const {
  ports,
  path,
  body,
  type = 'application/json',
  connections,
  requests,
  unmeasured = 10 * connections,
  maxSeconds = 4,
  ca,
} = JSON.parse(process.argv[2]);
const latencies = [];
let answered = 0;
let from;
let seconds;

await Promise.all(Array.from({ length: connections }, (_, index) => oneConnection(ports[index % ports.length])));
process.send({
  perSecond: latencies.length / seconds,
  p50Ms: percentile(latencies, 50),
  p99Ms: percentile(latencies, 99),
});

/** Ends after enough responses, or enough time, for all connections together. */
function oneConnection(port) {
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: ${type}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return new Promise((resolve, reject) => {
    let begin;
    let received = 0;
    let expected;
    const buffer = Buffer.alloc(64 * 1024);
    const options = { port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback: onData } };
    const socket = ca ? connectTls({ ...options, servername: 'localhost', ca }) : connect(options);
    socket.once(ca ? 'secureConnect' : 'connect', send).once('error', reject);
    socket.once('close', () => reject(new Error('the server closed the connection')));

    function send() {
      if (seconds !== undefined) {
        resolve();
        return socket.destroy();
      }
      received = 0;
      expected = undefined;
      begin = performance.now();
      socket.write(request);
    }

    function onData(bytes, chunk) {
      expected ??= lengthOf(chunk.latin1Slice(0, bytes));
      received += bytes;
      if (received < expected) return;
      count(begin);
      send();
    }
  });
}

function count(begin) {
  const now = performance.now();
  answered += 1;
  if (answered === unmeasured) from = now;
  if (answered <= unmeasured || seconds !== undefined) return;
  latencies.push(now - begin);
  if (latencies.length === requests || now - from > 1000 * maxSeconds) seconds = (now - from) / 1000;
}

/** How many bytes a response has; its head arrives in one piece. */
function lengthOf(head) {
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`answered ${head.slice(9, 12)}`);
  const end = head.indexOf('\r\n\r\n');
  return end + 4 + Number(/content-length: (\d+)/i.exec(head)[1]);
}
