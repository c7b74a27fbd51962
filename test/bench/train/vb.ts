import { join } from 'node:path';
import { median } from 'simple-statistics';
import { trainingMatrix } from '../../../pipeline/train/training-matrix.ts';
import type { Bench } from './bench.ts';
import { CProgram } from './c-program.ts';
import { SCALAR } from './compiler.ts';
import { PlainBayes } from './plain/bayes.ts';
import { type Contestant, race, secondsOf } from './race.ts';
import { printGoal, printRace } from './report.ts';
import { ONE_MILLION, syntheticRatings } from './synthetic-ratings.ts';
import { listOf, startingFactors, writeTask } from './task-file.ts';
import { SEED, type TimedFit, timedFit } from './timed-fit.ts';
import { rmseOfModel, trainingRmse } from './training-rmse.ts';

const FACTORS = 16;
const SWEEPS = 20;
const CHECKED_SWEEPS = 4;
const ROUNDS = 5;
const GOAL_SECONDS = 1.2;
const SCALAR_C = 'C scalar double';
const PLAIN = 'plain TypeScript';
const ours = (threads: number): string => `ours, ${threads} thread${threads > 1 ? 's' : ''}`;

/** The default ratings head, variational Bayes, on a million ratings. */
export async function benchVb({ print, compiler, folder }: Bench): Promise<void> {
  const ratings = syntheticRatings(ONE_MILLION);
  const matrix = trainingMatrix(ratings);
  const { byUser, mean } = matrix;
  const shape = { users: matrix.users.size, movies: matrix.movies.size, factorCount: FACTORS };
  const start = startingFactors(SEED, shape, true);
  const path = writeTask(join(folder, 'vb.task'), { ...listOf(byUser), ...start });
  const program =
    compiler === null ? null : new CProgram(compiler, 'vb.c', SCALAR, join(folder, 'vb'), [path]);
  const plain = new PlainBayes(matrix, mean, start);
  const train = (threads: number, sweeps: number): Promise<TimedFit> =>
    timedFit(ratings, { algorithm: 'vb-mf', hyperParameters: { factors: FACTORS, sweeps }, threads });

  const reached: string[] = [];
  if (program !== null) {
    await program.ask(`sweeps ${CHECKED_SWEEPS}`);
    reached.push(`${SCALAR_C} ${(await program.ask('rmse 0')).toFixed(4)}`);
  }
  for (let sweep = 0; sweep < CHECKED_SWEEPS; sweep++) plain.sweep();
  const ofPlain = trainingRmse(byUser, (user) => (movie) => plain.rate(user, movie));
  reached.push(`${PLAIN} ${ofPlain.toFixed(4)}`);
  for (const threads of [1, 2]) {
    const { model } = await train(threads, CHECKED_SWEEPS);
    reached.push(`${ours(threads)} ${rmseOfModel(byUser, model).toFixed(4)}`);
  }

  const wholeFits: number[] = [];
  const contestants: Contestant[] = [
    ...(program === null
      ? []
      : [{ name: SCALAR_C, run: async () => SWEEPS * (await program.ask('sweeps 1')) }]),
    { name: PLAIN, run: async () => SWEEPS * (await secondsOf(() => plain.sweep())) },
    ...[1, 2].map((threads) => ({
      name: ours(threads),
      run: async () => {
        const { passes, seconds } = await train(threads, SWEEPS);
        if (threads === 2) wholeFits.push(seconds);
        // The last sweep has no end.
        return (SWEEPS / passes.length) * passes.reduce((sum, pass) => sum + pass, 0);
      },
    })),
  ];
  const outcomes = await race(contestants, ROUNDS);
  program?.close();
  print(
    `VB, ${SWEEPS} sweeps of ${ratings.length} ratings, ${FACTORS} factors (n = ${ROUNDS} rounds; of C and plain TypeScript one sweep, scaled up)`,
  );
  printRace(print, outcomes, [SCALAR_C, PLAIN]);
  print(`  training RMSE after ${CHECKED_SWEEPS} sweeps: ${reached.join('; ')}`);
  const sweeps = median([...(outcomes.find(({ name }) => name === ours(2))?.seconds ?? [])]);
  printGoal(print, { what: `${SWEEPS} sweeps, 2 threads`, value: sweeps, atMost: GOAL_SECONDS, unit: 's' });
  print(`  from ratings in memory to a model, 2 threads: ${median(wholeFits).toFixed(2)} s`);
}
