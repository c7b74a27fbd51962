import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import { formatBytes, formatCount, formatSeconds } from '../reports/numbers.ts';
import { connectStore, connectToRead } from '../store/connect.ts';
import { connectServer } from '../store/connect-server.ts';
import { moveDatabase, type PlannedTable, planMove } from '../store/move/move-database.ts';
import type { Store } from '../store/store.ts';
import { homeDirectory, stopwatch } from './terminal/open-pipeline.ts';
import type { Terminal } from './terminal/terminal.ts';

interface MoveCommandOptions {
  readonly to?: string;
  readonly toEnv?: string;
  readonly dryRun?: boolean;
  readonly restart?: boolean;
  readonly json?: boolean;
}

/** `cinematch data move`: from the embedded database to a server, and back. */
export function moveCommand(terminal: Terminal): Command {
  return new Command('move')
    .description(
      'move all data into another database and compare both; the source stays, an interrupted move continues',
    )
    .option('--to <place>', 'PostgreSQL URL, or home folder of an embedded database')
    .option('--to-env <name>', 'environment variable with the place; other users cannot see a password in it')
    .option('--dry-run', 'say what would be moved, and move nothing')
    .option('--restart', 'empty a database with an unfinished move, and begin again')
    .option('--json', 'print JSON')
    .action(async (options: MoveCommandOptions) => {
      const target = readTarget(options);
      const databaseUrl = process.env['DATABASE_URL'] || undefined;
      if (databaseUrl === undefined && target.kind === 'folder' && target.home === homeDirectory()) {
        throw new OperatorError(
          'usage',
          `${target.home} has the database that would be moved.`,
          'Name another folder or the URL of a server. To move from a server, set DATABASE_URL to it.',
        );
      }
      const source = await connectToRead({ directory: join(homeDirectory(), 'pg'), databaseUrl });
      try {
        await (options.dryRun === true ? plan : move)(terminal, source, target, options);
      } finally {
        await source.close();
      }
    });
}

type Target =
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'folder'; readonly home: string };

function readTarget({ to, toEnv }: MoveCommandOptions): Target {
  if ((to === undefined) === (toEnv === undefined)) {
    throw new OperatorError(
      'usage',
      `data move needs one place to move to, and got ${to === undefined ? 'none' : 'two'}.`,
      'Use --to PLACE, or --to-env NAME with the place in an environment variable.',
    );
  }
  const place = to ?? process.env[toEnv as string] ?? '';
  const option = to === undefined ? `The variable ${toEnv} of --to-env` : '--to';
  if (place.trim() === '') {
    throw new OperatorError(
      'usage',
      `${option} is empty.`,
      'It must be a PostgreSQL URL or the folder of an embedded database.',
    );
  }
  if (/^postgres(ql)?:\/\//.test(place)) return { kind: 'server', url: place };
  if (!place.includes('://')) return { kind: 'folder', home: resolve(place) };
  // The URL may contain a password.
  throw new OperatorError(
    'usage',
    `${option} is a URL, but not one of PostgreSQL.`,
    'Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password percent-encoded.',
  );
}

/** @returns null when the place of an embedded database is still empty. */
async function openTarget(target: Target, options: { readonly create: boolean }): Promise<Store | null> {
  if (target.kind === 'server') return connectServer(target.url);
  const directory = join(target.home, 'pg');
  return options.create || existsSync(join(directory, 'PG_VERSION')) ? connectStore({ directory }) : null;
}

async function move(
  terminal: Terminal,
  source: Store,
  place: Target,
  { restart = false, json = false }: MoveCommandOptions,
): Promise<void> {
  const target = (await openTarget(place, { create: true })) as Store;
  try {
    const started = stopwatch();
    const outcome = await moveDatabase({ source, target, restart, onProgress: terminal.onProgress });
    const seconds = (stopwatch() - started) / 1000;
    const [from, to] = [source.description, target.description];
    if (json) {
      terminal.printJson({ from, to, ...outcome, seconds });
      return;
    }
    const { status, resumedRows, tables } = outcome;
    terminal.printTable(
      ['Table', 'Rows', 'Size', 'SHA-256 on both sides'],
      tables.map(({ name, rows, bytes, sha256 }) => [
        name,
        formatCount(rows),
        formatBytes(bytes),
        sha256.slice(0, 16),
      ]),
    );
    terminal.print();
    const rows = `${formatCount(tables.reduce((sum, table) => sum + table.rows, 0))} rows in ${tables.length} tables`;
    terminal.print(
      status === 'already-there'
        ? `${to} already has all of ${from}: ${rows} are equal. Nothing was moved.`
        : `Moved ${rows} from ${from} to ${to} in ${formatSeconds(seconds)}, and compared them.`,
    );
    if (resumedRows > 0) terminal.print(`An earlier move had moved ${formatCount(resumedRows)} of them.`);
    for (const line of nextSteps(place)) terminal.print(line);
  } finally {
    await target.close();
  }
}

/** Releases and issues on this machine are files of the home folder, and are not in the database. */
function nextSteps(place: Target): readonly string[] {
  const home = homeDirectory();
  const forge = join(home, 'forge');
  if (place.kind === 'server') {
    return [
      'Next: set DATABASE_URL to the server.',
      ...(existsSync(forge) ? [`Releases and issues stay in ${forge}.`] : []),
    ];
  }
  if (place.home === home) return ['Next: unset DATABASE_URL.'];
  return [
    `Next: unset DATABASE_URL, and set CINEMATCH_HOME to ${place.home}.`,
    ...(existsSync(forge) ? [`To take releases and issues there too: cp -R ${forge} ${place.home}/`] : []),
  ];
}

async function plan(
  terminal: Terminal,
  source: Store,
  place: Target,
  { restart = false, json = false }: MoveCommandOptions,
): Promise<void> {
  const target = await openTarget(place, { create: false });
  try {
    const tables = await planMove({ source, target, restart });
    const [from, to] = [
      source.description,
      target?.description ?? `a new embedded database in ${join((place as { home: string }).home, 'pg')}`,
    ];
    const sum = (count: (table: PlannedTable) => number): number =>
      tables.reduce((total, table) => total + count(table), 0);
    const [rows, diskBytes] = [sum((table) => table.rows), sum((table) => table.diskBytes)];
    if (json) {
      terminal.printJson({ from, to, rows, diskBytes, tables });
      return;
    }
    terminal.printTable(
      ['Table', 'Rows', 'On disk'],
      tables.map((table) => [table.name, formatCount(table.rows), formatBytes(table.diskBytes)]),
    );
    terminal.print();
    terminal.print(
      `${formatCount(rows)} rows, ${formatBytes(diskBytes)} on disk with indexes, would be moved from ${from} to ${to}. Nothing was moved.`,
    );
  } finally {
    await target?.close();
  }
}
