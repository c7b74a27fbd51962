// biome-ignore lint/correctness/useImportExtensions: it is a package; tsconfig.json names a file for its types only.
import { serve } from '@hono/node-server';

/** Bytes of the URL and the headers: the longest cursor and the longest list of movies fit in, percent-encoded. */
const MAX_HEADER_BYTES = 64 * 1024;

/** A server on this machine. */
export interface Listener {
  readonly port: number;
  /** Accepts no more requests, and waits until the accepted ones are finished. */
  close(): Promise<void>;
}

type Handler = (request: Request) => Response | Promise<Response>;

/**
 * Listens with Hono's server for Node.
 *
 * @param options.port 0 takes a free port.
 * @throws the system's error when the port is not available.
 */
export function listen(
  fetch: Handler,
  options: { readonly port: number; readonly hostname: string },
): Promise<Listener> {
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
