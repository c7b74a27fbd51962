import { randomUUID } from 'node:crypto';
import { once as event } from 'node:events';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { createApp, type Log } from '../../api/app.ts';
import { type Database, openDatabase } from '../../api/database.ts';
import { OperatorError } from '../lib/errors.ts';
import { formatBytes, formatCount } from '../reports/numbers.ts';
import { openServing, type Serving } from '../serving/open-serving.ts';
import { readServing } from '../serving/serving-folder.ts';
import { loadReleasedPackage } from '../stages/champion/champion.ts';
import { assembleServing } from '../stages/release/assemble-serving.ts';
import { connectStore } from '../store/connect.ts';
import { connectServer } from '../store/connect-server.ts';
import { type WaitingFeedback, waitingFeedback } from '../store/feedback.ts';
import { leasedStore } from '../store/leased-store.ts';
import { renewedStore } from '../store/renewed-store.ts';
import { embeddedDatabase } from './embedded-database.ts';
import { type Listener, listen } from './listen.ts';
import { clock, homeDirectory, withEnvironmentPipeline } from './open-pipeline.ts';
import type { ServeOptions } from './serve.ts';
import type { Terminal } from './terminal.ts';

/** How long the embedded database is held after it was used: other commands need it too. */
const IDLE_MS = 300;
const FRONT_PAGE = join(import.meta.dirname, '../../public/index.html');

/** Serves the API until somebody ends it. */
export async function serveApi(terminal: Terminal, options: ServeOptions): Promise<void> {
  const { serving, waiting } = await openBundle(terminal, options);
  const log = logTo(terminal, options.json === true);
  const { database, close } = openAccess(options, waiting, (error) => log.failure(error, {}));
  const app = createApp({
    serving,
    database,
    clock,
    stopwatch: () => performance.now(),
    newRequestId: randomUUID,
    log,
  });
  app.get('/', async (c) => c.html(await readFile(FRONT_PAGE, 'utf8')));
  const server = await listenAt(app.fetch, options);
  announce(terminal, options, serving, server.port);
  await stopSignal();
  // Whoever has been listened to may still have something to write down.
  await server.close();
  await close();
}

/** A server's database stays open; the embedded one is only borrowed, and with a bundle of elsewhere it is another's. */
function openAccess(
  { bundle }: ServeOptions,
  waiting: WaitingFeedback | null,
  onFailure: (error: unknown) => void,
): { readonly database: Database | null; readonly close: () => Promise<void> } {
  const databaseUrl = process.env['DATABASE_URL'];
  if (databaseUrl) {
    const { use, renew, close } = renewedStore(() => connectServer(databaseUrl, { lazy: true }));
    return { database: openDatabase({ use, renew, clock, onFailure }), close };
  }
  const { use, close } = leasedStore(() => connectStore({ directory: join(homeDirectory(), 'pg') }), {
    idleMs: IDLE_MS,
  });
  const database = bundle === undefined ? embeddedDatabase({ use, clock, onFailure }, waiting) : null;
  return { database, close };
}

interface Opened {
  readonly serving: Serving;
  /** What people rated before, and no batch has taken in. */
  readonly waiting: WaitingFeedback | null;
}

async function openBundle(terminal: Terminal, { bundle, config }: ServeOptions): Promise<Opened> {
  if (bundle !== undefined) return { serving: await readServing(bundle), waiting: null };
  return withEnvironmentPipeline(terminal, config, async (pipeline) => {
    const released = await loadReleasedPackage(pipeline.forge);
    const { files } = await assembleServing(pipeline, released);
    return {
      serving: openServing(files, `model v${released.manifest.version}`),
      waiting: await waitingFeedback(pipeline.store, clock()),
    };
  });
}

async function listenAt(fetch: Parameters<typeof listen>[0], options: ServeOptions): Promise<Listener> {
  const { port, host } = options;
  try {
    return await listen(fetch, { port, hostname: host });
  } catch (cause) {
    throw new OperatorError(
      'usage',
      `The API cannot listen on ${host}:${port}: ${reasonOf(cause as NodeJS.ErrnoException)}.`,
      'Name another port with --port, or 0 for any that is free.',
      { cause },
    );
  }
}

function reasonOf({ code = 'no reason was given' }: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not use that port',
    EADDRINUSE: 'something else listens there',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such host',
    ERR_SOCKET_BAD_PORT: 'ports go to 65535',
  };
  return reasons[code] ?? code;
}

function announce(
  terminal: Terminal,
  { host, json }: ServeOptions,
  { manifest, bundle, catalogue }: Serving,
  port: number,
): void {
  const url = `http://${nameOf(host)}:${port}`;
  if (json === true) {
    terminal.print(JSON.stringify({ url, modelVersion: manifest.version }));
    return;
  }
  const bytes = Object.values(bundle.parts).reduce((sum, part) => sum + part.bytes, 0);
  terminal.print(
    `Model v${manifest.version} (${manifest.algorithm}), ${formatCount(catalogue.movies.size)} movies, ${formatBytes(bytes)}: ${url}`,
  );
  terminal.print(`  documentation    ${url}/api/docs`);
  terminal.print(`  for a user       curl '${url}/api/v1/recommendations?user=1&k=5'`);
  terminal.print(
    `  for somebody new curl '${url}/api/v1/recommendations' --json '{"ratings":[{"movie":1,"stars":5}],"explain":true}'`,
  );
  terminal.print('Ctrl+C ends it.');
}

/** The host as it stands in an address. */
function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
}

function logTo(terminal: Terminal, json: boolean): Log {
  return {
    request(line) {
      if (json) terminal.print(JSON.stringify(line));
      else terminal.note(`${line.method} ${line.route} ${line.status} ${line.milliseconds.toFixed(1)} ms`);
    },
    failure(error) {
      terminal.note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
  };
}

/** Waits until somebody wants it to end. */
async function stopSignal(): Promise<void> {
  await Promise.race([event(process, 'SIGINT'), event(process, 'SIGTERM')]);
}
