// A child of the bench: oauth2-mock-server, which issues an RS256 access token to anybody.
import { OAuth2Server } from 'oauth2-mock-server';

const server = new OAuth2Server();
await server.issuer.keys.generate('RS256');
await server.start(0, '127.0.0.1');
process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
process.once('SIGINT', () => process.exit(0));
