import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readServing } from '../pipeline/serving/serving-folder.ts';
import { connectServer } from '../pipeline/store/connect-server.ts';
import { renewedStore } from '../pipeline/store/renewed-store.ts';
import { createApp } from './app.ts';
import { type Database, openDatabase } from './database.ts';
import { openLog } from './log.ts';

// The function that Vercel runs. Everything is opened once, at the start, and serves as long as the instance is warm.

const log = openLog();
const clock = (): Date => new Date();

/** One connection, made with the first query: many instances may share one database. */
function connectDatabase(databaseUrl: string): Database {
  const { use, renew } = renewedStore(() =>
    connectServer(databaseUrl, { max: 1, lazy: true, connectTimeoutSeconds: 3, inactivitySeconds: 10 }),
  );
  return openDatabase({
    use,
    renew,
    clock,
    onFailure: (error) => log.failure(error, {}),
  });
}

async function openBundle() {
  try {
    return await readServing(join(process.cwd(), 'serving'));
  } catch (error) {
    log.failure(error, {});
    return null;
  }
}

const databaseUrl = process.env['DATABASE_URL'];

export default createApp({
  serving: await openBundle(),
  database: databaseUrl ? connectDatabase(databaseUrl) : null,
  clock,
  stopwatch: () => performance.now(),
  newRequestId: randomUUID,
  log,
});
