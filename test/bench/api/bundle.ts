import { median, quantile } from 'simple-statistics';
import { seededRandom } from '../../../pipeline/lib/random.ts';
import { type MovieSearch, movieSearch } from '../../../pipeline/serving/movie-search.ts';
import { readServing } from '../../../pipeline/serving/serving-folder.ts';
import type { Print } from '../train/report.ts';
import type { Bench } from './bench.ts';
import { inventedMovies, SHAPE } from './large-serving.ts';
import { measure } from './load.ts';
import { ServerProcess } from './server-process.ts';

const OPENINGS = 9;
const PAIRS = 1_000;
const SECONDS = 4;
const BATCHES = 50;
const SEARCHES = 500;
const ROUNDS = 5;

/** What else there is to serving: to open what is served, many predictions at once, and to search for titles. */
export async function benchBundle({ print, bundle }: Bench): Promise<void> {
  const openings: number[] = [];
  for (let opening = 0; opening < OPENINGS; opening++) {
    const started = performance.now();
    await readServing(bundle);
    openings.push(performance.now() - started);
  }
  print(
    `opening a bundle of ${SHAPE.users} users, ${SHAPE.movies} movies, two heads of ${SHAPE.factorCount} factors: first ${openings[0]?.toFixed(0)} ms, then ${median(openings.slice(1)).toFixed(0)} ms (n = ${OPENINGS})`,
  );
  await benchPredictions(print, bundle);
  for (const movies of [SHAPE.movies, 60_000]) benchSearch(print, movies);
}

async function benchPredictions(print: Print, bundle: string): Promise<void> {
  const random = seededRandom(6);
  const anyOf = (count: number): number => 1 + Math.floor(count * random());
  const requests = Array.from({ length: BATCHES }, () => ({
    method: 'POST' as const,
    path: '/api/v1/predictions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      pairs: Array.from({ length: PAIRS }, () => ({ user: anyOf(SHAPE.users), movie: anyOf(SHAPE.movies) })),
    }),
  }));
  const app = await ServerProcess.start('app', bundle);
  await measure(app, { requests, seconds: SECONDS / 2 });
  const { requestsPerSecond, worked } = await measure(app, { requests, seconds: SECONDS });
  app.stop();
  print(
    `POST /api/v1/predictions of ${PAIRS} pairs: ${requestsPerSecond.toFixed(0)} requests/s, ${(worked / PAIRS).toFixed(2)} µs of work a pair`,
  );
}

/** Titles as they are, with a letter left out, and cut off in a word. */
function benchSearch(print: Print, count: number): void {
  const movies = inventedMovies(count);
  const opened = (): MovieSearch =>
    movieSearch({
      movies: { size: count },
      titleOf: (row) => movies[row]?.title ?? '',
      yearOf: (row) => movies[row]?.year ?? null,
      totalsOf: (row) => ({ ratings: count - row, halves: 0 }),
    });
  const random = seededRandom(7);
  const queries = Array.from({ length: SEARCHES }, (_, at) => {
    const { title } = movies[Math.floor(random() * count)] as { readonly title: string };
    const letter = Math.floor(random() * title.length);
    if (at % 3 === 1) return title.slice(0, letter) + title.slice(letter + 1);
    return at % 3 === 2 ? title.slice(0, Math.max(3, letter)) : title;
  });
  const timed = (search: MovieSearch, query: string): number => {
    const started = performance.now();
    search(query);
    return 1000 * (performance.now() - started);
  };
  const bestOf = (time: () => number): number => Math.min(...Array.from({ length: ROUNDS }, time));
  const first = bestOf(() => timed(opened(), 'heat')) / 1000;
  const search = opened();
  const times = queries.map((query) => bestOf(() => timed(search, query)));
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(times, share).toFixed(0));
  print(
    `searching ${count} titles: first ${first.toFixed(0)} ms, then median ${p50} µs, 99% within ${p99} µs (n = ${SEARCHES} queries, best of ${ROUNDS})`,
  );
}
