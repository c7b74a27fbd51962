// biome-ignore lint/correctness/useImportExtensions: it is a package; tsconfig.json names a file for its types only.
import { serve } from '@hono/node-server';

/** Bytes of the URL and the headers: the longest cursor and the longest list of movies fit in, percent-encoded. */
const MAX_HEADER_BYTES = 64 * 1024;

const SLOW_MS = 10_000;
/** How long a connection stays open without a request. */
const KEEP_ALIVE_MS = 5_000;

/** A server on this machine. */
export interface Listener {
  readonly port: number;
  /** Accepts no more requests, and waits until the accepted ones are finished. */
  close(): Promise<void>;
}

type Handler = (request: Request) => Response | Promise<Response>;

interface ListenOptions {
  readonly port: number;
  readonly hostname: string;
  /** How long the headers of a request may take to arrive, milliseconds; a whole request twice as long. @default 10000 */
  readonly slowMs?: number;
}

/**
 * Listens with Hono's server for Node.
 *
 * @param options.port 0 takes a free port.
 * @throws the system's error when the port is not available.
 */
export function listen(fetch: Handler, { slowMs = SLOW_MS, ...options }: ListenOptions): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        fetch,
        ...options,
        serverOptions: {
          maxHeaderSize: MAX_HEADER_BYTES,
          headersTimeout: slowMs,
          // The app cuts bodies that it reads with a better message. This is for all others.
          requestTimeout: 2 * slowMs,
          connectionsCheckingInterval: slowMs / 10,
          keepAliveTimeout: KEEP_ALIVE_MS,
        },
      },
      ({ port }) => {
        resolve({ port, close: () => new Promise((closed) => void server.close(() => closed())) });
      },
    );
    server.on('error', reject);
  });
}
