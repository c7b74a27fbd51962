import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readServing } from '../pipeline/serving/serving-folder.ts';
import { connectServer } from '../pipeline/store/connect-server.ts';
import { renewedStore } from '../pipeline/store/renewed-store.ts';
import { createApp } from './app.ts';
import { type Database, openDatabase } from './database.ts';
import { openLog } from './log.ts';

// The one function that Vercel runs. It is opened once, when it starts, and then answers for as long as it is warm.

const log = openLog();
const clock = (): Date => new Date();

/** With one connection that is made when it is first needed: there may be many functions for one database. */
function databaseOf(databaseUrl: string): Database {
  const { use, renew } = renewedStore(() =>
    connectServer(databaseUrl, { max: 1, lazy: true, connectTimeoutSeconds: 3, silenceSeconds: 10 }),
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
  database: databaseUrl ? databaseOf(databaseUrl) : null,
  clock,
  stopwatch: () => performance.now(),
  newRequestId: randomUUID,
  log,
});
