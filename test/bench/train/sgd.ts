import { join } from 'node:path';
import { SIDE } from '../../../pipeline/train/ratings-heads/sgd-mf.ts';
import { stratify } from '../../../pipeline/train/strata.ts';
import { trainingMatrix } from '../../../pipeline/train/training-matrix.ts';
import type { Bench } from './bench.ts';
import { CProgram } from './c-program.ts';
import { OPTIMISTIC, SCALAR } from './compiler.ts';
import { PlainDescent } from './plain/descent.ts';
import { type Contestant, race, secondsOf } from './race.ts';
import { printRace, printRatioGoal } from './report.ts';
import { ONE_MILLION, syntheticRatings } from './synthetic-ratings.ts';
import { heap, listOf, startingFactors, type Task, writeTask } from './task-file.ts';
import { SEED, secondsOfPass, timedFit } from './timed-fit.ts';
import { rmseOfModel, trainingRmse } from './training-rmse.ts';

const K = 64;
const ROUNDS = 7;
/** Epochs in one turn; slow contestants do fewer. */
const EPOCHS = 10;
const EPOCHS_OF_SCALAR = 3;
const CHECKED_EPOCHS = 5;
const SCALAR_C = 'C scalar double';
const OPTIMISTIC_C = 'C optimistic, 2 threads';
const PLAIN = 'plain TypeScript';

/** An epoch of stochastic gradient descent on a million ratings. */
export async function benchSgd({ print, compiler, folder }: Bench): Promise<void> {
  const ratings = syntheticRatings(ONE_MILLION);
  const matrix = trainingMatrix(ratings);
  const { byUser, mean } = matrix;
  const shape = { users: matrix.users.size, movies: matrix.movies.size, factorCount: K };
  const task: Task = { ...listOf(byUser), ...startingFactors(SEED, shape, false) };
  const programs = new Map<string, CProgram>();
  if (compiler !== null) {
    const start = (name: string, flags: readonly string[], given: Task): void => {
      const path = writeTask(join(folder, `${name}.task`), given);
      programs.set(name, new CProgram(compiler, 'sgd.c', flags, join(folder, name), [path]));
    };
    start(SCALAR_C, SCALAR, task);
    start(OPTIMISTIC_C, OPTIMISTIC, inStrata(task, stratify(matrix, SIDE, heap)));
  }
  const plain = new PlainDescent(task, mean);
  const train = (threads: number, epochs: number) =>
    timedFit(ratings, { algorithm: 'sgd-mf', hyperParameters: { factors: K, epochs }, threads });

  const reached: string[] = [];
  for (const [name, program] of programs) {
    await program.ask(`epochs ${CHECKED_EPOCHS}`);
    reached.push(`${name} ${(await program.ask('rmse 0')).toFixed(4)}`);
  }
  for (let epoch = 0; epoch < CHECKED_EPOCHS; epoch++) plain.epoch();
  const ofPlain = trainingRmse(byUser, (user) => (movie) => plain.rate(user, movie));
  reached.push(`${PLAIN} ${ofPlain.toFixed(4)}`);
  for (const threads of [1, 2]) {
    const { model } = await train(threads, CHECKED_EPOCHS);
    reached.push(`${ours(threads)} ${rmseOfModel(byUser, model).toFixed(4)}`);
  }

  const contestants: Contestant[] = [
    ...Array.from(programs, ([name, program]) => ({
      name,
      run: () => program.ask(`epochs ${name === SCALAR_C ? EPOCHS_OF_SCALAR : EPOCHS}`),
    })),
    { name: PLAIN, run: () => secondsOf(() => plain.epoch()) },
    ...[1, 2].map((threads) => ({
      name: ours(threads),
      // The first pass is not counted, and the end of the last is not reported.
      run: async () => secondsOfPass(await train(threads, EPOCHS + 2)),
    })),
  ];
  const outcomes = await race(contestants, ROUNDS);
  for (const program of programs.values()) program.close();
  print(
    `SGD epoch, ${ratings.length} ratings, k = ${K} (n = ${ROUNDS} rounds of ${EPOCHS} epochs, ${SCALAR_C} of ${EPOCHS_OF_SCALAR}, ${PLAIN} of 1)`,
  );
  printRace(print, outcomes, [SCALAR_C, OPTIMISTIC_C, PLAIN]);
  print(`  training RMSE after ${CHECKED_EPOCHS} epochs: ${reached.join(', ')}`);
  printRatioGoal(print, outcomes, { ours: ours(2), reference: SCALAR_C, atLeast: 8 });
}

const ours = (threads: number): string => `ours, ${threads} thread${threads > 1 ? 's' : ''}`;

/** The same task in strata, with rows at the positions of the strata. */
function inStrata(task: Task, strata: ReturnType<typeof stratify>): Task {
  const { factorCount } = task;
  const moved = (rows: Float32Array, positions: Int32Array): Float32Array => {
    const to = new Float32Array(rows.length);
    positions.forEach((position, row) => {
      to.set(rows.subarray(row * factorCount, (row + 1) * factorCount), position * factorCount);
    });
    return to;
  };
  return {
    ...task,
    users: strata.users,
    movies: strata.movies,
    halves: strata.halves,
    blocks: strata.blocks,
    userStart: moved(task.userStart, strata.userPositions),
    movieStart: moved(task.movieStart, strata.moviePositions),
  };
}
