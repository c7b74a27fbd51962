import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** A server on this machine that hands each request to a function. */
export interface Listener {
  readonly port: number;
  /** Takes no request any more, and waits until those it has taken are answered. */
  close(): Promise<void>;
}

type Answer = (request: Request) => Response | Promise<Response>;

interface NodeServer {
  readonly serve: (
    options: { readonly fetch: Answer; readonly port: number; readonly hostname: string },
    listening: (address: AddressInfo) => void,
  ) => { on(event: 'error', listener: (error: Error) => void): unknown; close(done: () => void): unknown };
}

/**
 * Listens with Hono's server for Node. It is loaded by `require`, so that the compiler does not read its type
 * declarations: they name types of browsers that are not declared here.
 *
 * @param options.port 0 takes any that is free.
 * @throws the system's error when it cannot listen there.
 */
export function listen(
  fetch: Answer,
  options: { readonly port: number; readonly hostname: string },
): Promise<Listener> {
  const require = createRequire(import.meta.url);
  const { serve } = require('@hono/node-server') as NodeServer;
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, ...options }, ({ port }) => {
      resolve({ port, close: () => new Promise((closed) => void server.close(() => closed())) });
    });
    server.on('error', reject);
  });
}
