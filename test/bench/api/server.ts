/**
 * Serves in a process of its own, until the bench that started it is gone. Arguments: `app` and a bundle, or `bare` and
 * a file that holds the one answer; DATABASE_URL for an app with a database. It says its port, and how long it has worked whenever it is asked.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import { createApp } from '../../../api/app.ts';
import { connectDatabase } from '../../../api/connect-database.ts';
import { listen } from '../../../api/listen.ts';
import { openLog } from '../../../api/log.ts';
import { readServing } from '../../../pipeline/serving/serving-folder.ts';
import { type FixedAnswer, RECOMMENDATIONS } from './asking.ts';

const [kind, path = ''] = process.argv.slice(2);
const { fetch } = kind === 'app' ? await theApp() : bareRoute();
const { port } = await listen((request) => fetch(request), { port: 0, hostname: '127.0.0.1' });
process.send?.({ port });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ microseconds: user + system });
});
process.on('disconnect', () => process.exit());

/** As `api/index.ts` opens it. */
async function theApp() {
  const databaseUrl = process.env['DATABASE_URL'];
  const log = openLog();
  const clock = (): Date => new Date();
  return createApp({
    serving: await readServing(path),
    database: databaseUrl ? connectDatabase(databaseUrl, clock, log) : null,
    clock,
    stopwatch: () => performance.now(),
    newRequestId: randomUUID,
    addressOf: () => 'bench',
    log,
  });
}

function bareRoute() {
  const { headers, body } = JSON.parse(readFileSync(path, 'utf8')) as FixedAnswer;
  return new Hono().get(RECOMMENDATIONS, (c) => c.body(body, 200, headers));
}
