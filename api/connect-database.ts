import { connectServer } from '../pipeline/store/connect-server.ts';
import { renewedStore } from '../pipeline/store/renewed-store.ts';
import { type Database, openDatabase } from './database.ts';
import type { Log } from './log.ts';

/** The database of an instance: one connection, made with the first query, because many instances may share it. */
export function connectDatabase(databaseUrl: string, clock: () => Date, log: Pick<Log, 'failure'>): Database {
  const { use, renew } = renewedStore(() =>
    connectServer(databaseUrl, { max: 1, lazy: true, connectTimeoutSeconds: 3, inactivitySeconds: 10 }),
  );
  return openDatabase({ use, renew, clock, onFailure: (error) => log.failure(error, {}) });
}
