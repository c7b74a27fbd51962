import { normal, seededRandom } from '../../pipeline/lib/random.ts';
import { emptyRatings, type Ratings, selectRatings } from '../../pipeline/ratings/ratings.ts';

export interface PlantedRatings {
  readonly train: Ratings;
  readonly test: Ratings;
  /** RMSE of the planted values on the test ratings. No model is expected to have a lower one. */
  readonly floor: number;
}

const FACTORS = 3;
const NOISE = 0.6;

/**
 * Ratings drawn from a biased factor model with Gaussian noise, rounded to half stars. Each of `users` users rates
 * `each` of `movies` movies, popular ones more often. Every fifth rating is a test rating.
 */
export function plantedRatings(seed: number, users = 300, movies = 200, each = 50): PlantedRatings {
  const random = seededRandom(seed);
  const draw = normal(random);
  const vectors = (rows: number): number[][] =>
    Array.from({ length: rows }, () => Array.from({ length: FACTORS }, () => 0.6 * draw()));
  const tastes = vectors(users);
  const traits = vectors(movies);
  const userBiases = tastes.map(() => 0.4 * draw());
  const movieBiases = traits.map(() => 0.4 * draw());
  const all = emptyRatings(users * each);
  const planted = new Float64Array(all.length);
  let length = 0;
  for (let user = 0; user < users; user++) {
    const rated = new Set<number>();
    while (rated.size < each) rated.add(Math.floor(movies * random() ** 1.5));
    for (const movie of rated) {
      const match = (tastes[user] as number[]).reduce(
        (sum, taste, factor) => sum + taste * ((traits[movie] as number[])[factor] as number),
        0,
      );
      const stars = 3.3 + (userBiases[user] as number) + (movieBiases[movie] as number) + match;
      planted[length] = Math.min(5, Math.max(0.5, stars));
      all.userIds[length] = 10 + 3 * user;
      all.movieIds[length] = 7 + 2 * movie;
      all.halves[length] = Math.min(10, Math.max(1, Math.round(2 * (stars + NOISE * draw()))));
      all.ratedAt[length] = 1_000_000_000 + length;
      length++;
    }
  }
  const rows = Array.from({ length }, (_, row) => row);
  const test = rows.filter((row) => row % 5 === 0);
  const squares = test.map((row) => ((planted[row] as number) - (all.halves[row] as number) / 2) ** 2);
  return {
    train: selectRatings(
      all,
      rows.filter((row) => row % 5 !== 0),
    ),
    test: selectRatings(all, test),
    floor: Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length),
  };
}
