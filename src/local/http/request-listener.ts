// Loaded when the first request arrives, or once the server is ready: it loads what fetch is made of, and HTTP/2.
export { getRequestListener } from '@hono/node-server';
