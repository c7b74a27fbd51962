import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readServing } from '../pipeline/serving/serving-folder.ts';
import { createApp } from './app.ts';
import { connectDatabase } from './connect-database.ts';
import { openLog } from './log.ts';

// The function that Vercel runs. Everything is opened once, at the start, and serves as long as the instance is warm.

const log = openLog();
const clock = (): Date => new Date();

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
  database: databaseUrl ? connectDatabase(databaseUrl, clock, log) : null,
  clock,
  stopwatch: () => performance.now(),
  newRequestId: randomUUID,
  // Vercel sets it, whatever the client sends.
  addressOf: (c) => c.req.header('x-real-ip') ?? 'unknown',
  log,
});
