import { quantile } from 'simple-statistics';
import { seededRandom } from '../../../pipeline/lib/random.ts';
import type { TrainedModel } from '../../../pipeline/model/compose-model.ts';
import type { RatedRows } from '../../../pipeline/model/heads.ts';
import type { Bench } from './bench.ts';
import { type Print, printGoal } from './report.ts';
import { type Shape, syntheticRatings } from './synthetic-ratings.ts';
import { timedFit } from './timed-fit.ts';

/** A million ratings, with the number of movies of MovieLens 20M. */
const SHAPE: Shape = { ratings: 1_000_000, users: 7_000, movies: 27_000 };
const GIVEN = 20;
const PEOPLE = 2_000;
const WARM_UPS = 500;
const GOAL_MICROSECONDS = 15;

/** Time to predict for a new user with 20 ratings. */
export async function benchFoldIn({ print }: Bench): Promise<void> {
  const ratings = syntheticRatings(SHAPE);
  const { model } = await timedFit(ratings, { algorithm: 'vb-mf+ials', hyperParameters: {}, threads: 2 });
  const people = strangers(model);
  print(
    `fold-in of ${GIVEN} ratings, ${model.movies.size} movies, ${model.algorithm} (n = ${PEOPLE} people, one call each)`,
  );
  const ofRatings = timeEach(people, ({ rated, movieRow }) =>
    model.heads.ratings.foldIn(rated).rate(movieRow),
  );
  const ofRanking = timeEach(people, ({ rated }) => model.heads.ranking.foldIn(rated));
  const ofBoth = timeEach(people, ({ rated }) => [
    model.heads.ratings.foldIn(rated),
    model.heads.ranking.foldIn(rated),
  ]);
  const fromIds = timeEach(people, ({ given, movieId }) => model.foldIn(given).predict(movieId));
  printTimes(print, 'ratings head', ofRatings);
  printTimes(print, 'ranking head', ofRanking);
  printTimes(print, 'both heads', ofBoth);
  printTimes(print, 'from ids to stars', fromIds);
  printGoal(print, {
    what: 'both heads, median',
    value: quantile(ofBoth, 0.5),
    atMost: GOAL_MICROSECONDS,
    unit: 'µs',
  });
}

interface Stranger {
  readonly given: readonly { readonly movieId: number; readonly stars: number }[];
  readonly rated: RatedRows;
  readonly movieId: number;
  readonly movieRow: number;
}

function strangers({ movies }: TrainedModel): readonly Stranger[] {
  const random = seededRandom(2);
  const anyRow = (): number => Math.floor(random() * movies.size);
  return Array.from({ length: PEOPLE + WARM_UPS }, () => {
    const chosen = new Set<number>();
    while (chosen.size < GIVEN) chosen.add(anyRow());
    const rows = Int32Array.from(chosen);
    const halves = Uint8Array.from(rows, () => 1 + Math.floor(10 * random()));
    const movieRow = anyRow();
    return {
      rated: { rows, halves },
      given: Array.from(rows, (row, at) => ({
        movieId: movies.ids[row] as number,
        stars: (halves[at] as number) / 2,
      })),
      movieRow,
      movieId: movies.ids[movieRow] as number,
    };
  });
}

/** Microseconds of each call after the warm-up. */
function timeEach(people: readonly Stranger[], call: (person: Stranger) => unknown): number[] {
  const times = people.map((person) => {
    const started = performance.now();
    call(person);
    return 1000 * (performance.now() - started);
  });
  return times.slice(WARM_UPS);
}

function printTimes(print: Print, name: string, times: readonly number[]): void {
  const [p50, p95] = [0.5, 0.95].map((share) => quantile([...times], share).toFixed(1));
  print(`  ${name.padEnd(22)} median ${p50} µs, 95% within ${p95} µs`);
}
