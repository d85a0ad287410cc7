// A child of the bench: logs users in, one login after the other on each connection, each as in a new browser. Any answer but
// the expected one ends it. Sends the rate and the latencies of whole logins to its parent.
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { percentile } from './program.mjs';

const { port, app, guest, way, emails, password, connections, logins } = JSON.parse(process.argv[2]);
const callback = 'http://localhost:3000/callback';
const latencies = [];
let left = logins;

const from = performance.now();
await Promise.all(emails.slice(0, connections).map(oneConnection));
const seconds = (performance.now() - from) / 1000;
process.send({
  perSecond: latencies.length / seconds,
  p50Ms: percentile(latencies, 50),
  p99Ms: percentile(latencies, 99),
});

async function oneConnection(email) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (left > 0) {
    left -= 1;
    const begin = performance.now();
    await logIn(agent, email);
    latencies.push(performance.now() - begin);
  }
  agent.destroy();
}

async function logIn(agent, email) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    ...{ client_id: app, redirect_uri: callback, response_type: 'code', scope: 'openid profile email' },
    ...{ code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' },
    ...{ anonymous_session_token: guest, ...(way === 'hint' && { login_hint: email }) },
  });
  const asked = await send(agent, 'GET', `/authorize?${query}`, { expected: 302 });
  const { headers } = way === 'hint' ? asked : await fillIn(agent, asked.headers, email);
  const code = new URL(headers.location).searchParams.get('code');
  const form = {
    grant_type: 'authorization_code',
    client_id: app,
    code,
    code_verifier: verifier,
    redirect_uri: callback,
  };
  const { body } = await send(agent, 'POST', '/oauth/token', { form, expected: 200 });
  const claims = JSON.parse(Buffer.from(JSON.parse(body).id_token.split('.')[1], 'base64url'));
  if (claims['https://shop.example/cart'] !== 'a') throw new Error('the Action did not see the guest');
}

async function fillIn(agent, headers, email) {
  const cookie = headers['set-cookie'].map((line) => line.split(';')[0]).join('; ');
  await send(agent, 'GET', headers.location, { cookie, expected: 200 });
  const state = new URLSearchParams(headers.location.split('?')[1]).get('state');
  const form = { state, username: email, password, action: 'default' };
  return send(agent, 'POST', '/u/login', { form, cookie, expected: 303 });
}

function send(agent, method, path, { form, cookie, expected }) {
  const body = form && String(new URLSearchParams(form));
  const headers = {
    ...(cookie && { cookie }),
    ...(body && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host: 'localhost', port, method, path, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        text += part;
      });
      response.on('end', () => {
        const { statusCode, headers: answered } = response;
        if (statusCode === expected) resolve({ headers: answered, body: text });
        else reject(new Error(`${method} ${path.split('?')[0]} answered ${statusCode}: ${text.slice(0, 300)}`));
      });
    });
    sent.once('error', reject).end(body);
  });
}
