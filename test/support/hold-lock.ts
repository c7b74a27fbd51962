/**
 * A process that takes a lock. `hold-lock.ts FOLDER` keeps it and prints `held`. With a file and a number of rounds, it
 * takes the lock in each round and adds 1 to the number in the file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock } from '../../pipeline/lib/process-lock.ts';

const [folder = '', file, rounds = '0'] = process.argv.slice(2);
const busy = (holder: string): Error => new Error(`busy: ${holder}`);

if (file === undefined) {
  await acquireLock(folder, { waitMs: 0, busy });
  // No variable refers to the lock here.
  globalThis.gc?.();
  console.log('held');
  setInterval(() => {}, 1000);
} else {
  for (let round = 0; round < Number(rounds); round++) {
    const release = await acquireLock(folder, { waitMs: 60_000, busy });
    const before = Number(readFileSync(file, 'utf8'));
    await sleep(1);
    writeFileSync(file, String(before + 1));
    release();
  }
}
