/**
 * Kills a process that ingests and packs ratings repeatedly, and checks that no batch is partial:
 * `node test/store/kill-ingest.ts --kills 200 [--home embedded|postgres] [--seed 1]`.
 * Exits with 1 when a batch was partial or the result differs from a run without kills.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../pipeline/lib/random.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { createDatabase, startPostgres } from '../support/postgres.ts';
import type { StoreState } from '../support/store-state.ts';

export interface KillReport {
  readonly kills: number;
  /** Kills during an ingestion. */
  readonly insideIngestion: number;
  /** Kills while ratings were packed. */
  readonly insidePacking: number;
  /** Ingestions that ended before the kill. */
  readonly completed: number;
  /** Batches that a later start found partially stored. */
  readonly partial: number;
  /** Whether ratings and ledger equal those of a run without kills. */
  readonly equalsCleanRun: boolean;
}

interface Run {
  readonly opened: StoreState;
  /** Null after a kill. */
  readonly finished: StoreState | null;
  readonly insideIngestion: boolean;
  readonly insidePacking: boolean;
  readonly completed: number;
  /** Milliseconds the first ingestion took; null when it was killed before its end. */
  readonly firstTook: number | null;
}

const PROCESS = fileURLToPath(new URL('../support/ingesting-process.ts', import.meta.url));

/** Runs the ingesting process, and kills it `killAfter` milliseconds after its first step began. */
async function run(batches: number, place: string, killAfter: number | null): Promise<Run> {
  const child = spawn(process.execPath, [PROCESS, String(batches), place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const states = new Map<string, StoreState>();
  const began: number[] = [];
  const ended: number[] = [];
  let [packings, packed] = [0, 0];
  let isTimed = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const [step = '', state] = line.split(' ');
    if (state !== undefined) states.set(step, JSON.parse(state) as StoreState);
    if (step === 'end') ended.push(performance.now());
    if (step === 'begin-packing') packings++;
    if (step === 'end-packing') packed++;
    if (step === 'begin') began.push(performance.now());
    if (isTimed || killAfter === null || !step.startsWith('begin')) continue;
    isTimed = true;
    setTimeout(() => child.kill('SIGKILL'), killAfter);
  }
  const code = await exited;
  const opened = states.get('opened');
  if (opened === undefined || code === 1) throw new Error(`the ingesting process failed (${code})`);
  const [firstBegan, firstEnded] = [began[0], ended[0]];
  return {
    opened,
    finished: states.get('finished') ?? null,
    insideIngestion: began.length > ended.length,
    insidePacking: packings > packed,
    completed: ended.length,
    firstTook: firstBegan === undefined || firstEnded === undefined ? null : firstEnded - firstBegan,
  };
}

/** Kills and compares; `place` and `cleanPlace` are empty databases of one kind. */
async function killIngest(
  kills: number,
  seed: number,
  place: string,
  cleanPlace: string,
): Promise<KillReport> {
  const random = seededRandom(seed);
  // More batches than the runs take.
  const batches = Math.ceil(1.5 * kills) + 5;
  const clean = await run(batches, cleanPlace, null);
  // Half of the kills come in a later step than the first.
  const longest = 2 * (clean.firstTook ?? 0);
  let [insideIngestion, insidePacking, completed, partial] = [0, 0, 0, 0];
  for (let kill = 0; kill < kills; kill++) {
    const killed = await run(batches, place, random() * longest);
    insideIngestion += killed.insideIngestion ? 1 : 0;
    insidePacking += killed.insidePacking ? 1 : 0;
    completed += killed.completed;
    partial += killed.opened.partial.length;
  }
  const last = await run(batches, place, null);
  partial += last.opened.partial.length;
  const equalsCleanRun = JSON.stringify(last.finished) === JSON.stringify(clean.finished);
  return { kills, insideIngestion, insidePacking, completed, partial, equalsCleanRun };
}

/** Kills on the embedded database, in a folder that is removed afterwards. */
export async function killIngestEmbedded(kills: number, seed: number): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-kill-'));
  try {
    for (const name of ['killed', 'clean']) await createEmbeddedDatabase(join(folder, name));
    return await killIngest(kills, seed, join(folder, 'killed'), join(folder, 'clean'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kills on two new databases of a server. */
export async function killIngestOnServer(
  kills: number,
  seed: number,
  serverUrl: string,
): Promise<KillReport> {
  const killed = await createDatabase(serverUrl, `cinematch_killed_${process.pid}`);
  const clean = await createDatabase(serverUrl, `cinematch_clean_${process.pid}`);
  return killIngest(kills, seed, killed, clean);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      home: { type: 'string', default: 'embedded' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [kills, seed] = [Number(values.kills), Number(values.seed)];
  let report: KillReport;
  if (values.home === 'postgres') {
    const server = await startPostgres();
    if (server === null) throw new Error('there is no PostgreSQL server on this machine');
    report = await killIngestOnServer(kills, seed, server.url);
    await server.stop();
  } else {
    report = await killIngestEmbedded(kills, seed);
  }
  process.stdout.write(`${JSON.stringify({ home: values.home, ...report })}\n`);
  process.exitCode = report.partial === 0 && report.equalsCleanRun ? 0 : 1;
}
