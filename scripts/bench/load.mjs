// A child of the bench: sends the same request over keep-alive connections, one at a time on each. With several ports, the
// connections take turns. With `ca`, they are over TLS. Sends the rate and the latencies to its parent.
import { once } from 'node:events';
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
  maxSeconds = 4,
  ca,
} = JSON.parse(process.argv[2]);
const latencies = [];
let sent = 0;

const from = performance.now();
await Promise.all(Array.from({ length: connections }, (_, index) => oneConnection(ports[index % ports.length])));
const seconds = (performance.now() - from) / 1000;
process.send({
  perSecond: latencies.length / seconds,
  p50Ms: percentile(latencies, 50),
  p99Ms: percentile(latencies, 99),
});

async function oneConnection(port) {
  const request =
    `POST ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: ${type}\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const socket = ca ? connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca }) : connect(port, '127.0.0.1');
  await once(socket.setNoDelay(), ca ? 'secureConnect' : 'connect');
  await new Promise((resolve, reject) => {
    let answer = '';
    let begin;
    const next = () => {
      const now = performance.now();
      if (sent === requests || now - from > 1000 * maxSeconds) return resolve();
      sent += 1;
      answer = '';
      begin = now;
      socket.write(request);
    };
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      if (!isComplete(answer)) return;
      if (!answer.startsWith('HTTP/1.1 200')) reject(new Error(`answered ${answer.slice(9, 12)}`));
      latencies.push(performance.now() - begin);
      next();
    });
    socket.once('error', reject).once('close', () => reject(new Error('the server closed the connection')));
    next();
  });
  socket.destroy();
}

/** Whether an answer has all the bytes that its length says. */
function isComplete(answer) {
  const head = answer.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(answer)?.[1]);
  return head >= 0 && answer.length >= head + 4 + length;
}
