import { cumulativeStdNormalProbability } from 'simple-statistics';
import type { Sample } from '../../pipeline/drift/sample.ts';
import { normal, seededRandom } from '../../pipeline/lib/random.ts';
import type { PerformanceSummary } from '../../pipeline/ratings/performance.ts';
import { mergePerformance } from '../../pipeline/ratings/performance.ts';
import { concatRatings, emptyRatings, type Ratings, sliceRatings } from '../../pipeline/ratings/ratings.ts';
import { mergeSummaries, type RatingSummary, summariseRatings } from '../../pipeline/ratings/summary.ts';

/** Standard deviations in stars: of the means of users, and of the ratings of one user. */
const USER_SD = 0.43;
const RATING_SD = 0.95;
const MEAN = 3.5;
const MOVIES = 3000;
const RETURNING = 0.3;
const GENRES = ['Action', 'Comedy', 'Drama', 'Horror', 'Romance', 'Thriller', 'War', 'Western'];

/** Every movie has two genres, determined by its id. */
export const genresOf = (movieId: number): readonly string[] => [
  GENRES[movieId % 8] as string,
  GENRES[(movieId * 5 + 3) % 8] as string,
];

interface BatchShape {
  readonly users: number;
  readonly ratingsPerUser: number;
  /** Rise of the mean rating, in stars, after clamping to 0.5 to 5. */
  readonly shift?: number;
  /** Standard deviation in stars of a shift that all ratings of a batch share, without drift. */
  readonly wobble?: number;
}

export interface SimulatedSite {
  /** The next batch. Three in ten of its users are known. */
  batch(shape: BatchShape): Ratings;
  /** A site with the same past and another future. */
  branch(seed: number): SimulatedSite;
}

/** The mean of ratings that are normal with mean `mean` before they are rounded to half stars from 0.5 to 5. */
function givenMean(mean: number): number {
  const sd = Math.hypot(USER_SD, RATING_SD);
  let expected = 0.5;
  for (let cut = 0.75; cut < 5; cut += 0.5)
    expected += 0.5 * cumulativeStdNormalProbability((mean - cut) / sd);
  return expected;
}

/** The shift of the normal ratings that shifts the rounded ratings by `shift`. */
function shiftBeforeClamping(shift: number): number {
  let [low, high] = [shift, shift + 2];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (givenMean(MEAN + middle) - givenMean(MEAN) < shift) low = middle;
    else high = middle;
  }
  return low;
}

/** A site without drift whose users differ. Here, tests that count ratings instead of users find drift. */
export function simulatedSite(seed: number, biases: readonly number[] = []): SimulatedSite {
  const random = seededRandom(seed);
  const gaussian = normal(random);
  const known = biases.slice();
  return {
    batch({ users, ratingsPerUser, shift = 0, wobble = 0 }) {
      const moved = MEAN + (shift === 0 ? 0 : shiftBeforeClamping(shift)) + wobble * gaussian();
      const before = known.length;
      const visits = Array.from({ length: users }, () => {
        const returning = before > 0 && random() < RETURNING;
        const user = returning ? Math.floor(random() * before) : known.push(USER_SD * gaussian()) - 1;
        return { user, count: 1 + Math.floor(-Math.log(1 - random()) * (ratingsPerUser - 0.5)) };
      });
      const batch = emptyRatings(visits.reduce((length, { count }) => length + count, 0));
      let row = 0;
      for (const { user, count } of visits) {
        for (let rating = 0; rating < count; rating++, row++) {
          const stars = moved + (known[user] as number) + RATING_SD * gaussian();
          batch.userIds[row] = user + 1;
          batch.movieIds[row] = 1 + Math.floor(MOVIES * random() ** 2);
          batch.halves[row] = Math.max(1, Math.min(10, Math.round(stars * 2)));
        }
      }
      return batch;
    },
    branch: (branchSeed) => simulatedSite(branchSeed, known),
  };
}

/** Batches one after the other, with ascending times. */
export function inOrder(batches: readonly Ratings[]): Ratings {
  const all = concatRatings(batches);
  for (let row = 0; row < all.length; row++) all.ratedAt[row] = 1_000_000_000 + row;
  return all;
}

const popularNdcg = (id: number): number => ((id * 37) % 100) / 400;

/**
 * The errors of a model that always predicts 3.5★, and of baselines that predict 3★. The lists of a user are as good in
 * every batch, those of the model a little better than those by popularity.
 */
function performanceOn({ userIds, userLevels }: RatingSummary): PerformanceSummary {
  const counts = new Int32Array(userIds.length);
  const squaredErrors = new Float64Array(userIds.length);
  const absoluteErrors = new Float64Array(userIds.length);
  const plainErrors = new Float64Array(userIds.length);
  const plainAbsolute = new Float64Array(userIds.length);
  userIds.forEach((_, row) => {
    for (let level = 1; level <= 10; level++) {
      const count = userLevels[row * 10 + level - 1] as number;
      const error = level / 2 - MEAN;
      counts[row] = (counts[row] as number) + count;
      squaredErrors[row] = (squaredErrors[row] as number) + count * error ** 2;
      absoluteErrors[row] = (absoluteErrors[row] as number) + count * Math.abs(error);
      plainErrors[row] = (plainErrors[row] as number) + count * (level / 2 - 3) ** 2;
      plainAbsolute[row] = (plainAbsolute[row] as number) + count * Math.abs(level / 2 - 3);
    }
  });
  return {
    userIds,
    counts,
    squaredErrors,
    absoluteErrors,
    baseline: { bias: plainErrors, mean: plainErrors, biasAbsolute: plainAbsolute },
    ranking: {
      lists: new Int32Array(userIds.length).fill(1),
      ndcg: Float64Array.from(userIds, (id) => popularNdcg(id) + ((id * 53) % 100) / 500),
      popularityNdcg: Float64Array.from(userIds, popularNdcg),
    },
  };
}

export function sampleOf(ratings: Ratings): Sample {
  const summary = summariseRatings(ratings);
  return { summary, performance: performanceOn(summary) };
}

export function together(samples: readonly Sample[]): Sample {
  return {
    summary: mergeSummaries(samples.map(({ summary }) => summary)),
    performance: mergePerformance(samples.map(({ performance }) => performance as PerformanceSummary)),
  };
}

/** The newest 5% of the training ratings are the holdout. */
export function holdoutOf(training: Ratings): PerformanceSummary | null {
  return sampleOf(sliceRatings(training, Math.floor(training.length * 0.95))).performance;
}
