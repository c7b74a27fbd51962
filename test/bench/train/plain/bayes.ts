import type { MatrixPair } from '../../../../pipeline/ratings/matrix.ts';
import type { Task } from '../task-file.ts';
import { updatePlainPrior } from './bayes-prior.ts';
import { updatePlainRows } from './bayes-rows.ts';
import { openPlainSide, type PlainBayesSide } from './bayes-side.ts';

const INITIAL_NOISE_PRECISION = 1.2;
const SETTLING_SWEEPS = 2;

/** The variational Bayes of the product in plain TypeScript, double precision, one thread. */
export class PlainBayes {
  readonly #users: PlainBayesSide;
  readonly #movies: PlainBayesSide;
  readonly #mean: number;
  #tau = INITIAL_NOISE_PRECISION;
  #done = 0;

  constructor(
    { byUser, byMovie }: MatrixPair,
    mean: number,
    { lanes, userStart, movieStart }: Pick<Task, 'lanes' | 'userStart' | 'movieStart'>,
  ) {
    this.#users = openPlainSide(byUser, userStart, lanes);
    this.#movies = openPlainSide(byMovie, movieStart, lanes);
    this.#mean = mean;
  }

  sweep(): void {
    const [users, movies] = [this.#users, this.#movies];
    updatePlainRows(users, movies, this.#mean, this.#tau);
    updatePlainPrior(users, movies.ratings);
    const squaredError = updatePlainRows(movies, users, this.#mean, this.#tau);
    updatePlainPrior(movies, users.ratings);
    if (this.#done++ >= SETTLING_SWEEPS) this.#tau = users.ratings.columns.length / squaredError;
  }

  rate(user: number, movie: number): number {
    const { lanes } = this.#users;
    const [p, q] = [user * lanes, movie * lanes];
    const [users, movies] = [this.#users.means, this.#movies.means];
    let stars = this.#mean + (users[p + lanes - 1] as number) + (movies[q + lanes - 1] as number);
    for (let lane = 0; lane < lanes - 1; lane++) {
      stars += (users[p + lane] as number) * (movies[q + lane] as number);
    }
    return stars;
  }
}
