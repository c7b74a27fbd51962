import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { MatrixPair, RatingMatrix } from '../../../../pipeline/ratings/matrix.ts';
import type { Task } from '../task-file.ts';
import { addOuter, factorise, solve } from './square.ts';

const PENALTY = 5;
const PENALTY_EACH = 0.05;

/** One side of the alternation: a row of factors for each of its rows, the last of them a bias. */
export interface PlainSide {
  readonly ratings: RatingMatrix;
  readonly factorCount: number;
  readonly factors: Float64Array;
  /** Rows from the longest to the shortest. */
  readonly byLength: Int32Array;
}

type RowSolver = (side: PlainSide, opposite: PlainSide, row: number, mean: number) => void;

/** The alternating least squares of `reference/als.c`, with a function that solves a row. */
export class PlainAlternation {
  readonly users: PlainSide;
  readonly movies: PlainSide;
  readonly #mean: number;
  readonly #solveRow: RowSolver;

  constructor(
    { byUser, byMovie }: MatrixPair,
    mean: number,
    { factorCount, userStart, movieStart }: Pick<Task, 'factorCount' | 'userStart' | 'movieStart'>,
    solveRow: RowSolver,
  ) {
    this.#mean = mean;
    this.#solveRow = solveRow;
    const side = (ratings: RatingMatrix, start: Float32Array): PlainSide => ({
      ratings,
      factorCount,
      factors: Float64Array.from(start),
      byLength: rowsByLength(ratings),
    });
    this.users = side(byUser, userStart);
    this.movies = side(byMovie, movieStart);
  }

  /** Solves every `step`th row of movies and of users, from the longest to the shortest. */
  sweep(step: number): void {
    for (const [side, opposite] of [
      [this.movies, this.users],
      [this.users, this.movies],
    ] as const) {
      for (let at = step >> 1; at < side.byLength.length; at += step) {
        this.#solveRow(side, opposite, side.byLength[at] as number, this.#mean);
      }
    }
  }
}

function rowsByLength({ rowCount, pointers }: RatingMatrix): Int32Array {
  const lengthOf = (row: number): number => (pointers[row + 1] as number) - (pointers[row] as number);
  return Int32Array.from({ length: rowCount }, (_, row) => row).sort(
    (a, b) => lengthOf(b) - lengthOf(a) || a - b,
  );
}

/** Plain loops over flat arrays that are allocated once. */
export function plainRowSolver(factorCount: number): RowSolver {
  const bias = factorCount - 1;
  const matrix = new Float64Array(factorCount * factorCount);
  const z = new Float64Array(factorCount);
  const x = new Float64Array(factorCount);
  return ({ ratings: { pointers, columns, halves }, factors }, opposite, row, mean) => {
    const [from, to] = [pointers[row] as number, pointers[row + 1] as number];
    matrix.fill(0);
    x.fill(0);
    for (let at = from; at < to; at++) {
      const q = (columns[at] as number) * factorCount;
      const target = (halves[at] as number) / 2 - mean - (opposite.factors[q + bias] as number);
      for (let f = 0; f < factorCount; f++) {
        const value = f === bias ? 1 : (opposite.factors[q + f] as number);
        z[f] = value;
        x[f] = (x[f] as number) + target * value;
      }
      addOuter(z, 0, factorCount, matrix);
    }
    const penalty = PENALTY + PENALTY_EACH * (to - from);
    for (let f = 0; f < factorCount; f++) {
      matrix[f * factorCount + f] = (matrix[f * factorCount + f] as number) + penalty;
    }
    factorise(matrix, factorCount);
    solve(matrix, factorCount, x);
    factors.set(x, row * factorCount);
  };
}

/** The same row by row with the matrices of ml-matrix. */
export const mlMatrixRowSolver: RowSolver = (
  { ratings: { pointers, columns, halves }, factors, factorCount },
  opposite,
  row,
  mean,
) => {
  const [from, to] = [pointers[row] as number, pointers[row + 1] as number];
  const bias = factorCount - 1;
  const z = new Matrix(to - from, factorCount);
  const targets = new Matrix(to - from, 1);
  for (let at = from; at < to; at++) {
    const q = (columns[at] as number) * factorCount;
    for (let f = 0; f < bias; f++) z.set(at - from, f, opposite.factors[q + f] as number);
    z.set(at - from, bias, 1);
    targets.set(at - from, 0, (halves[at] as number) / 2 - mean - (opposite.factors[q + bias] as number));
  }
  const transposed = z.transpose();
  const matrix = transposed
    .mmul(z)
    .add(Matrix.eye(factorCount, factorCount, PENALTY + PENALTY_EACH * (to - from)));
  factors.set(
    new CholeskyDecomposition(matrix).solve(transposed.mmul(targets)).to1DArray(),
    row * factorCount,
  );
};
