/**
 * Runs a built function in a process of its own, by the code with which Vercel runs it: the handler that
 * `@vercel/node` puts before functions. It is started in the folder of the function, where nothing is but what the
 * build put there.
 */
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

const handler = createRequire(import.meta.url)('@vercel/node/dist/bundling-handler.js') as RequestListener;
const [entrypoint = ''] = process.argv.slice(2);

const server = createServer((request, response) => {
  // As the router before a function does; the address that was asked for stays as it is.
  request.headers['x-matched-path'] = entrypoint;
  Promise.resolve(handler(request, response)).catch((error: unknown) => {
    response.writeHead(500, { 'x-vercel-error': 'FUNCTION_INVOCATION_FAILED' }).end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
