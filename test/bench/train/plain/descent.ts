import type { Task } from '../task-file.ts';

const RATE = 0.005;
const PENALTY = 0.02;

/** The descent of `reference/sgd.c` in plain TypeScript, on 32-bit floats. */
export class PlainDescent {
  readonly #task: Task;
  readonly #mean: number;
  readonly #users: Float32Array;
  readonly #movies: Float32Array;
  readonly #userBiases: Float32Array;
  readonly #movieBiases: Float32Array;

  constructor(task: Task, mean: number) {
    this.#task = task;
    this.#mean = mean;
    this.#users = task.userStart.slice();
    this.#movies = task.movieStart.slice();
    this.#userBiases = new Float32Array(task.userStart.length / task.factorCount);
    this.#movieBiases = new Float32Array(task.movieStart.length / task.factorCount);
  }

  epoch(): void {
    const { users: userOf, movies: movieOf, halves, factorCount } = this.#task;
    const mean = this.#mean;
    const [users, movies] = [this.#users, this.#movies];
    const [userBiases, movieBiases] = [this.#userBiases, this.#movieBiases];
    for (let n = 0; n < halves.length; n++) {
      const user = userOf[n] as number;
      const movie = movieOf[n] as number;
      const p = user * factorCount;
      const q = movie * factorCount;
      let match = 0;
      for (let f = 0; f < factorCount; f++) match += (users[p + f] as number) * (movies[q + f] as number);
      const userBias = userBiases[user] as number;
      const movieBias = movieBiases[movie] as number;
      const error = (halves[n] as number) / 2 - (mean + userBias + movieBias + match);
      userBiases[user] = userBias + RATE * (error - PENALTY * userBias);
      movieBiases[movie] = movieBias + RATE * (error - PENALTY * movieBias);
      for (let f = 0; f < factorCount; f++) {
        const pf = users[p + f] as number;
        const qf = movies[q + f] as number;
        users[p + f] = pf + RATE * (error * qf - PENALTY * pf);
        movies[q + f] = qf + RATE * (error * pf - PENALTY * qf);
      }
    }
  }

  rate(user: number, movie: number): number {
    const { factorCount } = this.#task;
    let stars = this.#mean + (this.#userBiases[user] as number) + (this.#movieBiases[movie] as number);
    for (let f = 0; f < factorCount; f++) {
      stars +=
        (this.#users[user * factorCount + f] as number) * (this.#movies[movie * factorCount + f] as number);
    }
    return stars;
  }
}
