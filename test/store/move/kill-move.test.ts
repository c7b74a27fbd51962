/** A process that moves a database and is killed again and again: the copy is complete in the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { seededRandom } from '../../../pipeline/lib/random.ts';
import { connectStore } from '../../../pipeline/store/connect.ts';
import { ingestBatch } from '../../../pipeline/store/ingest-batch.ts';
import { migrate } from '../../../pipeline/store/migrate.ts';
import type { MoveOutcome } from '../../../pipeline/store/move/move-database.ts';
import { batchOf, distinctRatings } from '../../support/batches.ts';
import { createEmbeddedDatabase } from '../../support/embedded-template.ts';
import { createDatabase } from '../../support/postgres.ts';
import { storeState } from '../../support/store-state.ts';
import { sweepSize } from '../../support/sweep.ts';

const PROCESS = fileURLToPath(new URL('../../support/moving-process.ts', import.meta.url));
const serverUrl = inject('postgresUrl');
const folder = mkdtempSync(join(tmpdir(), 'cinematch-kill-move-'));
const source = join(folder, 'source');

beforeAll(async () => {
  await createEmbeddedDatabase(source);
  const store = await connectStore({ directory: source });
  await migrate(store);
  for (let batch = 1; batch <= 3; batch++) {
    const ratings = distinctRatings(6_000, batch, { users: 2_000, movies: 900, taken: new Set() });
    await ingestBatch(store, batchOf(`batch ${batch}`, ratings), { maxRejectShare: 0 });
  }
  await store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly slices: number;
  /** Null after a kill. */
  readonly outcome: MoveOutcome | null;
}

/** @param killAfter number of slices, copied or verified, after which it is killed; null to let it end. */
async function run(target: string, killAfter: number | null): Promise<Run> {
  const child = spawn(process.execPath, [PROCESS, source, target], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let slices = 0;
  let outcome: MoveOutcome | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'slice') outcome = JSON.parse(line) as MoveOutcome;
    else if (++slices === killAfter) child.kill('SIGKILL');
  }
  const [code, signal] = await exited;
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the moving process failed (${code ?? signal})`);
  return { slices, outcome };
}

async function stateIn(place: string) {
  const store = await connectStore(
    place.startsWith('postgres:') ? { databaseUrl: place, directory: '' } : { directory: place },
  );
  try {
    await migrate(store);
    return await storeState(store);
  } finally {
    await store.close();
  }
}

async function killAndFinish(target: string, clean: string): Promise<void> {
  const first = await run(clean, null);
  expect(first.outcome).toMatchObject({ status: 'moved', resumedRows: 0 });
  const random = seededRandom(1);
  let killed = 0;
  for (let kill = 0; kill < sweepSize(30, 2); kill++) {
    const { outcome } = await run(target, 1 + Math.floor(random() * 0.9 * first.slices));
    if (outcome === null) killed++;
  }
  expect(killed).toBeGreaterThan(0);
  const last = await run(target, null);
  expect(last.outcome?.tables).toEqual(first.outcome?.tables);
  expect(await stateIn(target)).toEqual(await stateIn(source));
}

test('the embedded copy is complete after kills', async () => {
  const [target, clean] = [join(folder, 'killed'), join(folder, 'clean')];
  for (const directory of [target, clean]) await createEmbeddedDatabase(directory);
  await killAndFinish(target, clean);
});

test.runIf(serverUrl !== null)('the copy on a server is complete after kills', async () => {
  const [target, clean] = ['killed', 'clean'].map((name) =>
    createDatabase(serverUrl as string, `cinematch_move_${name}_${process.pid}`),
  );
  await killAndFinish((await target) as string, (await clean) as string);
});
