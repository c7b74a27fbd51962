import { join } from 'node:path';
import { trainingMatrix } from '../../../pipeline/train/training-matrix.ts';
import type { Bench } from './bench.ts';
import { CProgram } from './c-program.ts';
import { SCALAR } from './compiler.ts';
import { mlMatrixRowSolver, PlainAlternation, plainRowSolver } from './plain/alternation.ts';
import { type Contestant, race, secondsOf } from './race.ts';
import { printRace } from './report.ts';
import { ONE_MILLION, syntheticRatings } from './synthetic-ratings.ts';
import { listOf, startingFactors, writeTask } from './task-file.ts';
import { SEED, secondsOfPass, timedFit } from './timed-fit.ts';
import { rmseOfModel, trainingRmse } from './training-rmse.ts';

const ROUNDS = 5;
/** Passes of a fit. The first is not counted, and the end of the last is not reported. */
const SWEEPS = 7;
/** A reference solves every STEPS-th row, from the longest to the shortest; its time is scaled up. */
const STEPS = { c: 5, plain: 5, mlMatrix: 25 };
/** CineMatch solves exactly up to this number of factors. */
const EXACT_FACTORS = 32;
const SCALAR_C = 'C scalar double';
const PLAIN = 'plain TypeScript';
const ML_MATRIX = 'ml-matrix';

/** A sweep of alternating least squares over a million ratings: every movie, then every user. */
export async function benchAls({ print, compiler, folder }: Bench): Promise<void> {
  const ratings = syntheticRatings(ONE_MILLION);
  const matrix = trainingMatrix(ratings);
  const { byUser, mean } = matrix;
  for (const factorCount of [32, 64]) {
    const shape = { users: matrix.users.size, movies: matrix.movies.size, factorCount };
    const start = startingFactors(SEED, shape, true);
    const path = writeTask(join(folder, `als-${factorCount}.task`), { ...listOf(byUser), ...start });
    const program =
      compiler === null
        ? null
        : new CProgram(compiler, 'als.c', SCALAR, join(folder, `als-${factorCount}`), [path]);
    const plain = new PlainAlternation(matrix, mean, start, plainRowSolver(factorCount));
    const mlMatrix = new PlainAlternation(matrix, mean, start, mlMatrixRowSolver);
    const train = (threads: number, sweeps: number) =>
      timedFit(ratings, { algorithm: 'als', hyperParameters: { factors: factorCount, sweeps }, threads });
    const ours = (threads: number): string => `ours, ${threads} thread${threads > 1 ? 's' : ''}`;

    const reached: string[] = [];
    if (program !== null) {
      await program.ask('sweep 1');
      reached.push(`${SCALAR_C} ${(await program.ask('rmse 0')).toFixed(4)}`);
    }
    plain.sweep(1);
    reached.push(`${PLAIN} ${rmseOfPlain(plain, mean).toFixed(4)}`);
    for (const threads of [1, 2]) {
      reached.push(`${ours(threads)} ${rmseOfModel(byUser, (await train(threads, 1)).model).toFixed(4)}`);
    }

    const sampled = (alternation: PlainAlternation, step: number) => async () =>
      step * (await secondsOf(() => alternation.sweep(step)));
    const contestants: Contestant[] = [
      ...(program === null ? [] : [{ name: SCALAR_C, run: () => program.ask(`sweep ${STEPS.c}`) }]),
      { name: PLAIN, run: sampled(plain, STEPS.plain) },
      { name: ML_MATRIX, run: sampled(mlMatrix, STEPS.mlMatrix) },
      ...[1, 2].map((threads) => ({
        name: ours(threads),
        run: async () => secondsOfPass(await train(threads, SWEEPS)),
      })),
    ];
    const outcomes = await race(contestants, ROUNDS);
    program?.close();
    print(
      `ALS sweep, ${ratings.length} ratings, ${factorCount} factors (n = ${ROUNDS} rounds; C and plain TypeScript solve every ${STEPS.plain}th row, ml-matrix every ${STEPS.mlMatrix}th, scaled up)`,
    );
    print(
      `  all solve exactly${factorCount > EXACT_FACTORS ? ' but ours, which takes 3 steps of conjugate gradients' : ''}`,
    );
    printRace(print, outcomes, [SCALAR_C, PLAIN, ML_MATRIX]);
    print(`  training RMSE after 1 sweep: ${reached.join('; ')}`);
  }
}

function rmseOfPlain({ users, movies }: PlainAlternation, mean: number): number {
  const { factorCount } = users;
  return trainingRmse(users.ratings, (user) => (movie) => {
    const [p, q] = [user * factorCount, movie * factorCount];
    let stars =
      mean + (users.factors[p + factorCount - 1] as number) + (movies.factors[q + factorCount - 1] as number);
    for (let f = 0; f < factorCount - 1; f++) {
      stars += (users.factors[p + f] as number) * (movies.factors[q + f] as number);
    }
    return stars;
  });
}
