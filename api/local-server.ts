import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connectStore } from '../pipeline/store/connect.ts';
import { connectServer } from '../pipeline/store/connect-server.ts';
import { leasedStore } from '../pipeline/store/leased-store.ts';
import { renewedStore } from '../pipeline/store/renewed-store.ts';
import { type AppOptions, createApp } from './app.ts';
import { type Database, type DatabaseOptions, openDatabase } from './database.ts';
import { embeddedDatabase, type KnownFeedback } from './embedded-database.ts';
import { type Listener, listen } from './listen.ts';
import { publishFiles, socketAddress } from './node-host.ts';

/** The embedded database is released so long after its last use, because other commands need it too. */
const IDLE_MS = 300;
/** The files that Vercel publishes beside the function. */
const PUBLISHED = join(import.meta.dirname, '../public');

/** A request waits no longer for another command that uses the embedded database. */
const WAIT_MS = 300;

/** The database that a server on this machine uses. */
export type DatabaseSource =
  | { readonly kind: 'url'; readonly url: string }
  /**
   * `waiting`: ratings that no batch has ingested yet, and interactions. `erasures`: a file that is written after each
   * erasure.
   */
  | {
      readonly kind: 'embedded';
      readonly directory: string;
      readonly waiting: KnownFeedback | null;
      readonly erasures: string;
    }
  | { readonly kind: 'none' };

/**
 * Serves the API and the page on this machine.
 *
 * @throws the system's error when the port is not available.
 */
export async function startLocalServer(
  options: Omit<AppOptions, 'database' | 'addressOf'> & { readonly source: DatabaseSource },
  at: { readonly port: number; readonly hostname: string; readonly slowMs?: number },
): Promise<Listener> {
  const { source, clock, log } = options;
  const onFailure = (error: unknown): void => log.failure(error, {});
  const { database, close } = openAccess(source, { clock, onFailure });
  const app = createApp({ ...options, database, addressOf: socketAddress });
  await publishFiles(app, PUBLISHED);
  const server = await listen(app.fetch, at);
  return {
    port: server.port,
    async close() {
      // A request that was accepted may still have to write.
      await server.close();
      await close();
    },
  };
}

/** The connection to a database server stays open. The embedded database is opened for each use. */
function openAccess(
  source: DatabaseSource,
  options: Pick<DatabaseOptions, 'clock' | 'onFailure'>,
): { readonly database: Database | null; readonly close: () => Promise<void> } {
  if (source.kind === 'none') return { database: null, close: async () => {} };
  if (source.kind === 'url') {
    const { use, renew, close } = renewedStore(() => connectServer(source.url, { lazy: true }));
    return { database: openDatabase({ use, renew, ...options }), close };
  }
  const { use, close } = leasedStore(() => connectStore({ directory: source.directory, waitMs: WAIT_MS }), {
    idleMs: IDLE_MS,
  });
  const lastErasure = (): Promise<number | null> => changeOf(source.erasures);
  return { database: embeddedDatabase({ use, ...options }, source.waiting, lastErasure), close };
}

/** When a file was written last, milliseconds since 1970; null when there is none. */
async function changeOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.mtimeMs ?? null;
}
