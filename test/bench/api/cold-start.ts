import { type ChildProcess, fork } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { max, median, min } from 'simple-statistics';
import { buildFunction } from '../../../pipeline/deploy/vercel/build-function.ts';
import { formatSize } from '../../../pipeline/deploy/vercel/bundle-size.ts';
import { maskSecrets } from '../../../pipeline/deploy/vercel/secret-mask.ts';
import { openVercelCli } from '../../../pipeline/deploy/vercel/vercel-cli.ts';
import { copyCheckout } from '../../emulators/vercel/checkout.ts';
import type { Bench } from './bench.ts';
import { largeServing, SHAPE } from './large-serving.ts';

const STARTS = 15;
const PROCESS = join(import.meta.dirname, '../../emulators/vercel/function-process.ts');
const BARE = join(import.meta.dirname, 'bare-process.ts');
const ASKED = '/api/v1/recommendations?user=1&k=10';

/**
 * The function as `vercel build` makes it: its size, and how long a process takes from nothing to its first list,
 * beside one that only listens and says a word.
 */
export async function benchColdStart({ print, folder }: Bench): Promise<void> {
  const checkout = await copyCheckout();
  const built = join(folder, 'function');
  try {
    const cli = openVercelCli({
      directory: checkout,
      environment: process.env,
      masked: maskSecrets(() => {}),
    });
    const { size, files } = await buildFunction(cli, checkout, largeServing(SHAPE), null);
    await cp(join(checkout, '.vercel/output/functions/api/index.func'), built, {
      recursive: true,
      dereference: true,
    });
    const foreign = files.filter((name) =>
      /polars|pglite|pipeline\/(train|source|drift|evaluate)\//.test(name),
    );
    const own = size.parts.filter(({ name }) => name === 'code' || name === 'packages');
    print(
      `the function: ${formatSize(size.bytes)} in ${files.length} files, of which ${own.map(({ name, bytes }) => `${name} ${formatSize(bytes)}`).join(', ')}; ${foreign.length} files of polars, PGlite or training`,
    );
  } finally {
    await rm(checkout, { recursive: true, force: true });
  }
  const [starts, bare]: [number[], number[]] = [[], []];
  for (let start = 0; start < STARTS; start++) {
    bare.push(await firstAnswer(BARE, folder));
    starts.push(await firstAnswer(PROCESS, built));
  }
  const ms = (of: readonly number[]): string =>
    `median ${median([...of]).toFixed(0)} ms (${min([...of]).toFixed(0)} to ${max([...of]).toFixed(0)})`;
  print(
    `from starting the process to its first list, ${SHAPE.users} users and ${SHAPE.movies} × ${SHAPE.factorCount}: ${ms(starts)}; a process that only listens: ${ms(bare)} (n = ${STARTS} each, in turn)`,
  );
}

/** Milliseconds from the start of a process in a folder to the end of its first answer. */
async function firstAnswer(program: string, cwd: string): Promise<number> {
  const started = performance.now();
  const child = fork(program, ['/api/index'], {
    cwd,
    env: { PATH: process.env['PATH'], VERCEL: '1' },
    execArgv: [],
    silent: true,
  });
  child.stdout?.resume();
  try {
    const response = await fetch(`http://127.0.0.1:${await portOf(child)}${ASKED}`);
    await response.text();
    if (response.status !== 200) throw new Error(`the first answer was ${response.status}`);
    return performance.now() - started;
  } finally {
    child.removeAllListeners('exit');
    child.kill();
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)));
  });
}
