import { median } from 'simple-statistics';
import { normal, seededRandom, shuffle } from '../../../pipeline/lib/random.ts';
import { ScoreTable } from '../../../pipeline/math/score-table.ts';
import { topN } from '../../../pipeline/math/top-n.ts';
import { leastSquaresFoldIn } from '../../../pipeline/model/least-squares-fold-in.ts';
import { plainTopList } from '../train/plain/top-list.ts';
import { race } from '../train/race.ts';
import { microseconds, printRace } from '../train/report.ts';
import type { Bench } from './bench.ts';
import { drawnModel, SHAPE } from './large-serving.ts';
import { plainFoldIn } from './plain/fold-in.ts';

const K = 10;
const MOVIES = 60_000;
const GIVEN = 20;
const ROUNDS = 21;
/** People of a contestant's turn. */
const PEOPLE = 50;
const PLAIN = 'plain TypeScript';

/** What answering for one person takes without HTTP: a list, and fitting somebody new. */
export async function benchKernels(bench: Bench): Promise<void> {
  await benchTopList(bench);
  await benchFoldIn(bench);
}

async function benchTopList({ print }: Bench): Promise<void> {
  const { factorCount } = SHAPE;
  const draw = normal(seededRandom(3));
  const rows = Float32Array.from({ length: MOVIES * factorCount }, draw);
  const people = Array.from({ length: PEOPLE }, () => Float32Array.from({ length: factorCount }, draw));
  const table = new ScoreTable(rows, factorCount);
  const scores = new Float32Array(MOVIES);
  const best = (person: Float32Array): Int32Array => table.best(person, K, []).rows;
  const plain = (person: Float32Array): Int32Array => plainTopList(rows, person, K);
  const everyScore = (person: Float32Array): Int32Array => {
    scores.fill(0);
    table.addProducts(person, 0, 1, scores);
    return topN(scores, K);
  };
  const outcomes = await race(
    [
      { name: PLAIN, run: eachOf(people, plain) },
      { name: 'all scores, then the best', run: eachOf(people, everyScore) },
      { name: 'ours', run: eachOf(people, best) },
    ],
    ROUNDS,
  );
  const differing = people.filter((person) => `${best(person)}` !== `${plain(person)}`).length;
  print(`top ${K} of ${MOVIES} movies, ${factorCount} factors (n = ${ROUNDS} rounds of ${PEOPLE} lists)`);
  printRace(print, outcomes, [PLAIN], microseconds);
  print(`  lists that differ: ${differing} of ${PEOPLE}`);
}

async function benchFoldIn({ print }: Bench): Promise<void> {
  const { factorCount, movies } = SHAPE;
  const draw = normal(seededRandom(4));
  const movieFactors = Float32Array.from({ length: movies * factorCount }, () => 0.15 * draw());
  const base = Float32Array.from({ length: factorCount * factorCount }, (_, at) =>
    at % (factorCount + 1) === 0 ? 10 : 0,
  );
  const solver = leastSquaresFoldIn({
    ...{ factorCount, movieFactors, base },
    ...{ ridge: 0, factor: 0.5, shift: 0, hasBias: false },
  });
  const people = strangers();
  const ours = ({ rows, halves }: Stranger): ArrayLike<number> => solver.solve({ rows, halves });
  const plain = ({ rows, halves }: Stranger): ArrayLike<number> =>
    plainFoldIn(
      movieFactors,
      base,
      rows,
      Float64Array.from(halves, (half) => half / 2),
    );
  const outcomes = await race(
    [
      { name: PLAIN, run: eachOf(people, plain) },
      { name: 'ours', run: eachOf(people, ours) },
    ],
    ROUNDS,
  );
  print(
    `fold-in of ${GIVEN} ratings, one head of ${factorCount} factors (n = ${ROUNDS} rounds of ${PEOPLE} people)`,
  );
  printRace(print, outcomes, [PLAIN], microseconds);
  const furthest = Math.max(
    ...people.flatMap((person) => {
      const truth = plain(person);
      return Array.from(ours(person), (value, f) => Math.abs(value - (truth[f] as number)));
    }),
  );
  print(`  numbers differ by ${furthest.toExponential(1)} at most`);
  const model = drawnModel(SHAPE);
  const given = people.map(({ rows, halves }) =>
    Array.from(rows, (row, at) => ({ movieId: row + 1, stars: (halves[at] as number) / 2 })),
  );
  const fromIds = await race(
    [{ name: 'fold-in', run: eachOf(given, (ratings) => model.foldIn(ratings).bestMovies(K, [])) }],
    ROUNDS,
  );
  print(`fold-in of both heads of ${factorCount} factors and their top ${K} of ${movies}`);
  printRace(
    print,
    fromIds.map(({ seconds }) => ({ name: 'from ids to the list', seconds })),
    [],
    microseconds,
  );
}

interface Stranger {
  readonly rows: Int32Array;
  readonly halves: Uint8Array;
}

function strangers(): readonly Stranger[] {
  const random = seededRandom(5);
  const allRows = Int32Array.from({ length: SHAPE.movies }, (_, row) => row);
  return Array.from({ length: PEOPLE }, () => ({
    rows: shuffle(random, allRows).slice(0, GIVEN),
    halves: Uint8Array.from({ length: GIVEN }, () => 1 + Math.floor(10 * random())),
  }));
}

/** The median of one call for each, seconds. */
const eachOf =
  <T>(people: readonly T[], call: (person: T) => unknown) =>
  (): number =>
    median(
      people.map((person) => {
        const started = performance.now();
        call(person);
        return (performance.now() - started) / 1000;
      }),
    );
