import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from 'hono';
import { OperatorError } from '../pipeline/lib/errors.ts';
import { readServing } from '../pipeline/serving/serving-folder.ts';
import { createApp } from './app.ts';
import { connectDatabase } from './connect-database.ts';
import { listen } from './listen.ts';
import { openLog } from './log.ts';
import { publishFiles, socketAddress } from './node-host.ts';

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
  return named || socketAddress(c);
}

/** Ends the process with what is wrong and what to do. */
function fail(problem: string, remedy: string): never {
  process.stderr.write(`error ${problem}\n  ${remedy}\n`);
  process.exit(1);
}

const port = Number(env['PORT'] || 3000);
if (!Number.isInteger(port) || port < 0 || port > 65_535)
  fail(`PORT is "${env['PORT']}".`, 'Set it to a number from 0 to 65535; 0 takes a free port.');
const serving = await readServing(join(HERE, 'serving')).catch((error: unknown) => {
  if (!(error instanceof OperatorError)) throw error;
  return fail(error.message, 'Write the folder again: cinematch deploy --target folder.');
});
const app = createApp({
  serving,
  database: databaseUrl ? connectDatabase(databaseUrl, clock, log) : null,
  clock,
  stopwatch: () => performance.now(),
  newRequestId: randomUUID,
  addressOf,
  log,
});
await publishFiles(app, join(HERE, 'public'));

const hostname = env['HOST'] || '0.0.0.0';
const server = await listen(app.fetch, { port, hostname }).catch((error: Error) =>
  fail(
    `It cannot listen on port ${port} of ${hostname}: ${error.message}.`,
    'Set PORT to another port, or HOST to an address of this machine.',
  ),
);
process.stdout.write(`${JSON.stringify({ msg: 'listening', hostname, port: server.port })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await server.close();
    process.exit(0);
  });
}
