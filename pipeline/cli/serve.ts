import { randomUUID } from 'node:crypto';
import { once as event } from 'node:events';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { Command } from 'commander';
import type { KnownFeedback } from '../../api/embedded-database.ts';
import type { Listener } from '../../api/listen.ts';
import type { DatabaseSource } from '../../api/local-server.ts';
import type { Log } from '../../api/log.ts';
import { EXPOSED_ROUTES, userRoutesOf } from '../config/open-user-routes.ts';
import { OperatorError } from '../lib/errors.ts';
import { emptyRatings } from '../ratings/ratings.ts';
import { formatBytes, formatCount } from '../reports/numbers.ts';
import { openServing, type Serving } from '../serving/open-serving.ts';
import { readServing } from '../serving/serving-folder.ts';
import { loadReleasedPackage } from '../stages/champion/released-package.ts';
import { assembleServing } from '../stages/release/assemble-serving.ts';
import { waitingFeedback } from '../store/feedback.ts';
import { readNames } from '../store/id-names.ts';
import { readInteractions } from '../store/interactions.ts';
import type { Store } from '../store/store.ts';
import { readTombstones } from '../store/tombstones.ts';
import {
  clock,
  erasuresFile,
  homeDirectory,
  stopwatch,
  withEnvironmentPipeline,
} from './terminal/open-pipeline.ts';
import { type CommonOptions, integer } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface ServeOptions extends CommonOptions {
  readonly port: number;
  readonly host: string;
  readonly bundle?: string;
}

/** `cinematch serve`: the API on this machine, with the champion. */
export function serveCommand(terminal: Terminal): Command {
  return new Command('serve')
    .description('serve the API on this machine, with the champion')
    .option('--port <number>', 'port to listen on; 0 takes a free port', integer(0), 3000)
    .option('--host <address>', 'host to listen on; 0.0.0.0 allows other machines', '127.0.0.1')
    .option('--bundle <folder>', 'serve the bundle in this folder')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print one JSON line at the start and one for each request')
    .action(async (options: ServeOptions) => {
      const { serving, waiting } = await openBundle(terminal, options);
      const server = await listenAt(terminal, options, serving, databaseSource(options, waiting));
      announce(terminal, options, serving, server.port);
      await stopSignal();
      await server.close();
    });
}

interface Opened {
  readonly serving: Serving;
  /** Ratings that were sent to the API and that no batch has ingested yet, and interactions. */
  readonly waiting: KnownFeedback | null;
}

async function openBundle(terminal: Terminal, { bundle, config }: ServeOptions): Promise<Opened> {
  if (bundle !== undefined) return { serving: await readServing(bundle), waiting: null };
  return withEnvironmentPipeline(terminal, config, 'write', async (pipeline) => {
    const released = await loadReleasedPackage(pipeline);
    const { files } = await assembleServing(pipeline, released);
    if (userRoutesOf(pipeline.config) === 'exposed') {
      terminal.note(`Check this: ${EXPOSED_ROUTES.problem}; ${EXPOSED_ROUTES.remedy}.`);
    }
    return {
      serving: openServing(files, `model v${released.manifest.version}`),
      waiting: await knownFeedback(pipeline.store),
    };
  });
}

async function knownFeedback(store: Store): Promise<KnownFeedback> {
  const ratings = (await waitingFeedback(store, clock()))?.ratings ?? emptyRatings(0);
  const interactions = await readInteractions(store);
  const users = new Set([...ratings.userIds, ...interactions.map(({ userId }) => userId)]);
  const names = await readNames(store.sql, 'user', [...users]);
  const tombstones = await readTombstones(store.sql);
  return { ratings, interactions, tombstones, names: new Map(Array.from(names, ([id, name]) => [name, id])) };
}

/** DATABASE_URL, else the embedded database. With `--bundle` not the embedded one: the bundle may belong to another. */
function databaseSource({ bundle }: ServeOptions, waiting: KnownFeedback | null): DatabaseSource {
  const url = process.env['DATABASE_URL'];
  if (url) return { kind: 'url', url };
  if (bundle !== undefined) return { kind: 'none' };
  return { kind: 'embedded', directory: join(homeDirectory(), 'pg'), waiting, erasures: erasuresFile() };
}

async function listenAt(
  terminal: Terminal,
  { port, host, json }: ServeOptions,
  serving: Serving,
  source: DatabaseSource,
): Promise<Listener> {
  // The web framework is loaded here, because loading takes a while and other commands do not need it.
  const { startLocalServer } = await import('../../api/local-server.ts');
  const log = logTo(terminal, json === true);
  try {
    return await startLocalServer(
      { serving, source, clock, stopwatch, newRequestId: randomUUID, log },
      { port, hostname: host },
    );
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new OperatorError(
      'usage',
      `The API cannot listen on ${host}:${port}: ${reasonOf(code)}.`,
      'Set another port with --port, or 0 for a free port.',
      { cause },
    );
  }
}

function reasonOf(code: string): string {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user is not allowed to use the port',
    EADDRINUSE: 'the port is in use',
    EADDRNOTAVAIL: 'this machine does not have this address',
    ENOTFOUND: 'the host is unknown',
    ERR_SOCKET_BAD_PORT: 'the largest port is 65535',
  };
  return reasons[code] ?? code;
}

function announce(
  terminal: Terminal,
  { host, json }: ServeOptions,
  { manifest, bundle, catalogue }: Serving,
  port: number,
): void {
  const url = `http://${urlHost(host)}:${port}`;
  if (json === true) {
    terminal.print(JSON.stringify({ url, modelVersion: manifest.version }));
    return;
  }
  const bytes = Object.values(bundle.parts).reduce((sum, part) => sum + part.bytes, 0);
  terminal.print(
    `Model v${manifest.version} (${manifest.algorithm}), ${formatCount(catalogue.movies.size)} movies, ${formatBytes(bytes)}: ${url}`,
  );
  terminal.print(`  documentation    ${url}/api/docs`);
  terminal.print(`  known user       curl '${url}/api/v1/recommendations?user=1&k=5'`);
  terminal.print(
    `  new user         curl '${url}/api/v1/recommendations' --json '{"ratings":[{"movie":1,"stars":5}],"explain":true}'`,
  );
  terminal.print('Press Ctrl+C to stop.');
}

/** The host as it is written in a URL. */
function urlHost(host: string): string {
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

/** Waits for Ctrl+C or a request to terminate. */
async function stopSignal(): Promise<void> {
  await Promise.race([event(process, 'SIGINT'), event(process, 'SIGTERM')]);
}
