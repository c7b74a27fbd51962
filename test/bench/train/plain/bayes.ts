import type { MatrixPair } from '../../../../pipeline/ratings/matrix.ts';
import type { Task } from '../task-file.ts';
import { updatePlainPrior } from './bayes-prior.ts';
import { updatePlainRows } from './bayes-rows.ts';
import { openPlainSide, type PlainBayesSide } from './bayes-side.ts';

const INITIAL_NOISE_PRECISION = 1.2;
const SETTLING_SWEEPS = 2;

/** The variational Bayes of CineMatch in plain TypeScript, double precision, one thread. */
export class PlainBayes {
  readonly #users: PlainBayesSide;
  readonly #movies: PlainBayesSide;
  readonly #mean: number;
  #tau = INITIAL_NOISE_PRECISION;
  #done = 0;

  constructor(
    { byUser, byMovie }: MatrixPair,
    mean: number,
    { factorCount, userStart, movieStart }: Pick<Task, 'factorCount' | 'userStart' | 'movieStart'>,
  ) {
    this.#users = openPlainSide(byUser, userStart, factorCount);
    this.#movies = openPlainSide(byMovie, movieStart, factorCount);
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
    const { factorCount } = this.#users;
    const [p, q] = [user * factorCount, movie * factorCount];
    const [users, movies] = [this.#users.means, this.#movies.means];
    let stars = this.#mean + (users[p + factorCount - 1] as number) + (movies[q + factorCount - 1] as number);
    for (let f = 0; f < factorCount - 1; f++) {
      stars += (users[p + f] as number) * (movies[q + f] as number);
    }
    return stars;
  }
}
