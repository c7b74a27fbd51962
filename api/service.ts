import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Context } from 'hono';
import { readServing } from '../pipeline/serving/serving-folder.ts';
import { createApp } from './app.ts';
import { connectDatabase } from './connect-database.ts';
import { listen } from './listen.ts';
import { openLog } from './log.ts';

// The service of `cinematch deploy --target folder`, for any host with Node. It is bundled into one file in `code/`,
// beside `serving/` and `public/`.

const HERE = join(import.meta.dirname, '..');
const { env } = process;
const log = openLog();
const clock = (): Date => new Date();
const databaseUrl = env['DATABASE_URL'];
/**
 * Behind a proxy, the header in which it names the address of the client. Of a list the last one counts, which the nearest
 * proxy adds: those before are what the client says.
 */
const addressHeader = env['ADDRESS_HEADER'];

function addressOf(c: Context): string {
  const named =
    addressHeader === undefined ? undefined : c.req.header(addressHeader)?.split(',').at(-1)?.trim();
  const { incoming } = c.env as { readonly incoming?: IncomingMessage };
  return named || (incoming?.socket.remoteAddress ?? 'unknown');
}

const app = createApp({
  serving: await readServing(join(HERE, 'serving')),
  database: databaseUrl ? connectDatabase(databaseUrl, clock, log) : null,
  clock,
  stopwatch: () => performance.now(),
  newRequestId: randomUUID,
  addressOf,
  log,
});
app.get('*', serveStatic({ root: join(HERE, 'public') }));

const hostname = env['HOST'] || '0.0.0.0';
const server = await listen(app.fetch, { port: Number(env['PORT'] || 3000), hostname });
process.stdout.write(`${JSON.stringify({ msg: 'listening', hostname, port: server.port })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.close();
    process.exit(0);
  });
}
