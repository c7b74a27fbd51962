/**
 * `npm run bench:scale -- --ratings 32m` runs the whole loop on ratings with the shape of MovieLens 32M, in the embedded
 * database and on PostgreSQL, then the commands over files, and prints a row a stage. `--home embedded`, `--home postgres`
 * or `--home files` runs one of them.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatBytes, formatCount } from '../../../pipeline/reports/numbers.ts';
import { startPostgres } from '../../support/postgres.ts';
import { runFileCommands } from './file-commands.ts';
import { limitsUsed } from './hosted-limits.ts';
import { runLoop, type StageRow, type TableSizes } from './loop.ts';
import { SHAPES, shapeOf } from './shapes.ts';

/** Tables with fewer bytes a rating are not listed. */
const LEAST_SHOWN = 0.05;
/** Two databases, and the commands that need none. */
const HOMES = ['embedded', 'postgres', 'files'] as const;
const TITLES = { embedded: 'PGlite', postgres: 'PostgreSQL', files: 'commands over files' };

const { values } = parseArgs({
  options: {
    ratings: { type: 'string', default: '2m' },
    home: { type: 'string' },
    /** Keeps the files here. */
    keep: { type: 'string' },
  },
});
const shape = shapeOf(values.ratings);
const homes = HOMES.filter((home) => values.home === undefined || home === values.home);
if (shape === null || homes.length === 0) {
  console.error(
    `Give --ratings as a number of at least 1000 (500k, 3m) or one of ${Object.keys(SHAPES).join(', ')}, and --home as one of ${HOMES.join(', ')}.`,
  );
  process.exit(2);
}

const root =
  values.keep === undefined ? mkdtempSync(join(tmpdir(), 'cinematch-scale-')) : resolve(values.keep);
mkdirSync(root, { recursive: true });
// PostgreSQL does not run as root, so another user must be able to enter.
chmodSync(root, 0o755);
try {
  for (const home of homes) {
    const server = home === 'postgres' ? await startPostgres(root) : null;
    if (home === 'postgres' && server === null) {
      console.log('PostgreSQL is not installed, so only the embedded database was measured.');
      continue;
    }
    try {
      const folder = join(root, home);
      console.log(`## ${formatCount(shape.ratings)} ratings, ${TITLES[home]}\n`);
      printLine(['Stage', 'Ratings', 'Seconds', 'CPU s', 'Ratings/s', 'Memory', 'Database', 'Files', '']);
      printLine(Array.from({ length: 9 }, () => '---'));
      const place = { folder, home: join(folder, 'home'), databaseUrl: server?.url ?? null };
      if (home === 'files') {
        await runFileCommands({ place, shape, size: values.ratings, onRow: printRow });
        console.log();
        continue;
      }
      const sizes: TableSizes[] = [];
      const onTables = (one: TableSizes): void => void sizes.push(one);
      const rows = await runLoop({ place, shape, size: values.ratings, onRow: printRow, onTables });
      for (const { after, ratings, tables } of sizes) {
        console.log(`\n| Table after ${after} | Size | Bytes a rating |\n| --- | --- | --- |`);
        const shown = tables.filter(({ bytes }) => bytes >= LEAST_SHOWN * ratings);
        for (const { name, bytes } of shown) {
          printLine([name, formatBytes(bytes), (bytes / ratings).toFixed(2)]);
        }
      }
      console.log('\n| Limit of GitHub or Vercel | Used | Allowed |\n| --- | --- | --- |');
      for (const { what, used, limit, unit } of limitsUsed(folder, rows)) {
        const text = (value: number): string =>
          unit === 'bytes' ? formatBytes(value) : `${Math.round(value).toLocaleString('en')} s`;
        printLine([what, text(used), text(limit)]);
      }
      console.log();
    } finally {
      await server?.stop();
    }
  }
} finally {
  if (values.keep === undefined) rmSync(root, { recursive: true, force: true });
}

function printRow(row: StageRow): void {
  const size = (bytes: number | null): string => (bytes === null ? '' : formatBytes(bytes));
  printLine([
    row.stage,
    row.ratings === null ? '' : formatCount(row.ratings),
    row.seconds.toFixed(1),
    row.cpuSeconds.toFixed(1),
    row.ratings === null ? '' : formatCount(Math.round(row.ratings / row.seconds)),
    size(row.peakBytes),
    size(row.databaseBytes),
    size(row.artifactBytes),
    row.note,
  ]);
}

function printLine(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}
