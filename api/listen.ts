import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** Bytes of the URL and the headers: the longest cursor and the longest list of movies fit in, percent-encoded. */
const MAX_HEADER_BYTES = 64 * 1024;

/** A server on this machine. */
export interface Listener {
  readonly port: number;
  /** Accepts no more requests, and waits until the accepted ones are finished. */
  close(): Promise<void>;
}

type Handler = (request: Request) => Response | Promise<Response>;

interface NodeServer {
  readonly serve: (
    options: {
      readonly fetch: Handler;
      readonly port: number;
      readonly hostname: string;
      readonly serverOptions: { readonly maxHeaderSize: number };
    },
    listening: (address: AddressInfo) => void,
  ) => { on(event: 'error', listener: (error: Error) => void): unknown; close(done: () => void): unknown };
}

/**
 * Listens with Hono's server for Node. The package is loaded by `require`, so that the compiler does not read its type
 * declarations: they use browser types that are not declared here.
 *
 * @param options.port 0 takes a free port.
 * @throws the system's error when the port is not available.
 */
export function listen(
  fetch: Handler,
  options: { readonly port: number; readonly hostname: string },
): Promise<Listener> {
  const require = createRequire(import.meta.url);
  const { serve } = require('@hono/node-server') as NodeServer;
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch, ...options, serverOptions: { maxHeaderSize: MAX_HEADER_BYTES } },
      ({ port }) => {
        resolve({ port, close: () => new Promise((closed) => void server.close(() => closed())) });
      },
    );
    server.on('error', reject);
  });
}
