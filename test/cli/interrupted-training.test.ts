/** An interrupted training ends at once, changes nothing and leaves no half model. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeRatings } from '../../pipeline/source/write-ratings.ts';
import { runCli, START } from '../support/cli.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { plantedRatings } from '../train/planted.ts';

let folder: string;
let home: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-interrupted-'));
  home = join(folder, 'home');
  await createEmbeddedDatabase(join(home, 'pg'));
  await writeRatings(join(folder, 'ratings.parquet'), plantedRatings(5, 400, 300, 80).train);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const configured = async (name: string, sweeps: number, factorCount: number): Promise<string> => {
  const path = join(folder, name);
  const hyperParameters = { 'vb-mf.sweeps': sweeps, 'vb-mf.factors': factorCount };
  await writeFile(path, `export default ${JSON.stringify({ train: { hyperParameters } })};\n`);
  return path;
};

/** Starts an endless training and sends it a signal when it reports progress. */
function interrupt(config: string): Promise<{ readonly signal: string | null; readonly seen: string }> {
  const { DATABASE_URL: _, ...environment } = process.env;
  const training = spawn(process.execPath, [START, 'train', '--config', config], {
    env: { ...environment, CINEMATCH_HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let seen = '';
  training.stderr.on('data', (chunk: Buffer) => {
    seen += chunk.toString();
    if (seen.includes('training vb-mf')) training.kill('SIGINT');
  });
  return new Promise((resolve) => {
    training.on('exit', (_code, signal) => resolve({ signal, seen }));
  });
}

test('an interrupted training leaves no model, and the next training makes the same version', async () => {
  const ingested = await runCli(home, 'ingest', join(folder, 'ratings.parquet'), '--role', 'train');
  expect(ingested.code, ingested.stderr).toBe(0);

  const { signal, seen } = await interrupt(await configured('endless.ts', 1000, 128));
  expect(signal).toBe('SIGINT');
  // Ratings a second and time left were shown on the way.
  expect(seen).toMatch(/training vb-mf {2}[\d,]+ of [\d,]+ ratings {2}\d+%/);
  expect(existsSync(join(home, 'models'))).toBe(false);
  expect(existsSync(join(home, 'forge', 'releases'))).toBe(false);

  const after = await runCli(home, 'train', '--config', await configured('short.ts', 3, 8), '--json');
  expect(after.code, after.stderr).toBe(0);
  expect(JSON.parse(after.stdout)).toMatchObject({ version: 1, status: 'promoted' });
});
