import { median } from 'simple-statistics';
import { normal, seededRandom } from '../../../pipeline/lib/random.ts';
import { ScoreTable } from '../../../pipeline/math/score-table.ts';
import { topN } from '../../../pipeline/math/top-n.ts';
import type { Bench } from './bench.ts';
import { plainTopList } from './plain/top-list.ts';
import { race } from './race.ts';
import { microseconds, type Print, printGoal, printRace } from './report.ts';

const FACTORS = 64;
const K = 10;
const ROUNDS = 21;
/** Lists in one turn of a contestant. */
const LISTS = 50;
const PLAIN = 'plain TypeScript';
const OURS = 'ours';
/** Goal: microseconds for one of the lengths. */
const GOAL = { movies: 27_000, microseconds: 300 };

/** Time for a list of the best movies, out of all movies. */
export async function benchTopLists({ print }: Bench): Promise<void> {
  for (const movies of [GOAL.movies, 60_000]) await benchTopList(print, movies);
}

async function benchTopList(print: Print, movies: number): Promise<void> {
  const draw = normal(seededRandom(1));
  const rows = Float32Array.from({ length: movies * FACTORS }, draw);
  const people = Array.from({ length: LISTS }, () => Float32Array.from({ length: FACTORS }, draw));
  const table = new ScoreTable(rows, FACTORS);
  const scores = new Float32Array(movies);
  const ours = (person: Float32Array): Int32Array => {
    scores.fill(0);
    table.addProducts(person, 0, 1, scores);
    return topN(scores, K);
  };
  const plain = (person: Float32Array): Int32Array => plainTopList(rows, person, K);
  const differing = people.filter((person) => `${ours(person)}` !== `${plain(person)}`).length;
  const each = (list: (person: Float32Array) => Int32Array) => (): number =>
    median(
      people.map((person) => {
        const started = performance.now();
        list(person);
        return (performance.now() - started) / 1000;
      }),
    );
  const outcomes = await race(
    [
      { name: PLAIN, run: each(plain) },
      { name: OURS, run: each(ours) },
    ],
    ROUNDS,
  );
  print(
    `top ${K} of ${movies} movies, ${FACTORS} factors, one thread (n = ${ROUNDS} rounds of ${LISTS} lists)`,
  );
  printRace(print, outcomes, [PLAIN], microseconds);
  print(`  lists that differ: ${differing} of ${LISTS}`);
  if (movies !== GOAL.movies) return;
  const took = 1e6 * median([...(outcomes.find(({ name }) => name === OURS)?.seconds ?? [])]);
  printGoal(print, { what: `top ${K} of ${movies}`, value: took, atMost: GOAL.microseconds, unit: 'µs' });
}
