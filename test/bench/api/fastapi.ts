import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import autocannon from 'autocannon';
import { median } from 'simple-statistics';
import { readServing } from '../../../pipeline/serving/serving-folder.ts';
import { freePort } from '../../support/postgres.ts';
import { EVERY_USER_ANEW, RECOMMENDATIONS } from './asking.ts';
import type { Bench } from './bench.ts';
import { drawnModel, SHAPE } from './large-serving.ts';
import { CONNECTIONS, measure } from './load.ts';
import { ServerProcess } from './server-process.ts';

const ROUNDS = 3;
const SECONDS = 4;
const NEEDED = 'import fastapi, numpy, uvicorn';

/** Lists beside those of FastAPI and numpy with the same model, where Python has both (`PYTHON` names another). */
export async function benchFastApi({ print, bundle, folder }: Bench): Promise<void> {
  const python = process.env['PYTHON'] ?? 'python3';
  if (spawnSync(python, ['-c', NEEDED]).status !== 0) {
    print('no FastAPI to compare with: pip install fastapi uvicorn numpy, and PYTHON=path/to/python');
    return;
  }
  await writeModel(bundle, folder);
  const port = await freePort();
  const script = join(import.meta.dirname, 'plain/fastapi_server.py');
  const server = spawn(python, [script, folder, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(`${url}${EVERY_USER_ANEW[0]?.path}`);
    const app = await ServerProcess.start('app', bundle);
    const lists = EVERY_USER_ANEW.map((request) => ({ ...request, path: `${request.path}&novelty=0` }));
    const ours: number[] = [];
    const full: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      theirs.push(await rateOf(url));
      ours.push((await measure(app, { requests: lists, seconds: SECONDS })).requestsPerSecond);
      full.push((await measure(app, { requests: EVERY_USER_ANEW, seconds: SECONDS })).requestsPerSecond);
    }
    app.stop();
    const of = (rates: readonly number[]): string => median(rates).toFixed(0);
    const times = (rates: readonly number[]): string =>
      median(rates.map((rate, round) => rate / (theirs[round] as number))).toFixed(1);
    print(`GET ${RECOMMENDATIONS}?user=U, every list worked out (n = ${ROUNDS} rounds of ${SECONDS} s)`);
    print(`  FastAPI, numpy, one process of uvicorn ${of(theirs).padStart(7)} requests/s`);
    print(
      `  the API, ranked by the model alone     ${of(ours).padStart(7)} requests/s, ${times(ours)} times`,
    );
    print(
      `  the API with its default novelty       ${of(full).padStart(7)} requests/s, ${times(full)} times`,
    );
  } finally {
    server.kill();
  }
}

async function rateOf(url: string): Promise<number> {
  const { requests, non2xx, errors, duration } = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: SECONDS,
    requests: [...EVERY_USER_ANEW],
  });
  if (non2xx + errors > 0) throw new Error(`FastAPI: ${non2xx} answers were refusals, ${errors} failed`);
  return requests.total / duration;
}

/** The vectors of the model, what each user has rated, and the movies, as Python reads them. */
async function writeModel(bundle: string, folder: string): Promise<void> {
  const { heads } = drawnModel(SHAPE);
  const { seen, catalogue } = await readServing(bundle);
  const width = 2 * SHAPE.factorCount;
  const movies = new Float32Array(SHAPE.movies * width);
  const users = new Float32Array(SHAPE.users * width);
  for (const [at, head] of [heads.ranking, heads.ratings].entries()) {
    const data = head.movieVectors?.data ?? new Float32Array(0);
    const [offset, size] = [at * SHAPE.factorCount, SHAPE.factorCount];
    for (let row = 0; row < SHAPE.movies; row++) {
      movies.set(data.subarray(row * size, (row + 1) * size), row * width + offset);
    }
    for (let row = 0; row < SHAPE.users; row++) {
      const vector = head.user(row).product()?.vector ?? new Float32Array(size);
      const weighted = vector.map((value) => (at === 0 ? value : heads.ratingWeight * value));
      users.set(weighted, row * width + offset);
    }
  }
  writeFileSync(join(folder, 'movies.f32'), movies);
  writeFileSync(join(folder, 'users.f32'), users);
  const listed = Array.from({ length: SHAPE.movies }, (_, row) => ({
    movie: row + 1,
    title: catalogue.titleOf(row),
    year: catalogue.yearOf(row),
    genres: catalogue.genresOf(row),
  }));
  const rated = Array.from({ length: SHAPE.users }, (_, row) =>
    (seen?.ratingsOf(row + 1) ?? []).map(({ movieId }) => movieId - 1),
  );
  writeFileSync(join(folder, 'served.json'), JSON.stringify({ width, movies: listed, rated }));
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const ready = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await setTimeout(200);
  }
  throw new Error('FastAPI does not answer');
}
