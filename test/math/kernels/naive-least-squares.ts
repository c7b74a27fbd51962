import { Matrix, solve } from 'ml-matrix';
import type { DrawnRatings } from './draws.ts';

/** The arguments of `solveRows` and `improveRows`. */
export interface Problem {
  readonly ratings: DrawnRatings;
  readonly opposites: Float32Array;
  readonly width: number;
  readonly base: Float32Array;
  readonly ridge: number;
  readonly factor: number;
  readonly shift: number;
  readonly hasBias: boolean;
}

/** A x = b of one row, with the sums of absolute values that bound the rounding errors. */
export interface Equations {
  readonly matrix: Matrix;
  readonly right: Matrix;
  /** Σ |t_j| |z_j|, including the products with the bias of the opposite. */
  readonly rightSizes: Matrix;
  readonly count: number;
}

/** B + ρ n I + Σ z zᵀ and Σ t z by straight loops in double precision. */
export function equationsOf(problem: Problem, row: number): Equations {
  const { ratings, opposites, width, base, ridge, factor, shift, hasBias } = problem;
  const [first, end] = [ratings.pointers[row] as number, ratings.pointers[row + 1] as number];
  const matrix = Matrix.from1DArray(width, width, Array.from(base));
  matrix.add(Matrix.eye(width).mul(ridge * (end - first)));
  const right = Matrix.zeros(width, 1);
  const rightSizes = Matrix.zeros(width, 1);
  for (let j = first; j < end; j++) {
    const at = (ratings.columns[j] as number) * width;
    const z = Array.from(opposites.subarray(at, at + width));
    const halves = ratings.halves[j] as number;
    let target = factor * halves + shift;
    let size = factor * halves + Math.abs(shift);
    if (hasBias) {
      target -= z[width - 1] as number;
      size += Math.abs(z[width - 1] as number);
      z[width - 1] = 1;
    }
    z.forEach((value, a) => {
      z.forEach((other, b) => {
        matrix.set(a, b, matrix.get(a, b) + value * other);
      });
      right.set(a, 0, right.get(a, 0) + target * value);
      rightSizes.set(a, 0, rightSizes.get(a, 0) + size * Math.abs(value));
    });
  }
  return { matrix, right, rightSizes, count: end - first };
}

export const exactSolution = ({ matrix, right }: Equations): number[] => solve(matrix, right).to1DArray();

/** ½ xᵀA x − bᵀx, which the solution minimises. */
export function objective({ matrix, right }: Equations, x: ArrayLike<number>): number {
  const column = Matrix.columnVector(Array.from(x));
  return column.transpose().mmul(matrix).mmul(column).get(0, 0) / 2 - right.dot(column);
}

/**
 * Steps of conjugate gradients from `start`, as in Hestenes & Stiefel (1952).
 *
 * @param steps fewer than make the residual zero.
 */
export function naiveConjugateGradients(
  { matrix, right }: Equations,
  start: ArrayLike<number>,
  steps: number,
) {
  const x = Matrix.columnVector(Array.from(start));
  const residual = Matrix.sub(right, matrix.mmul(x));
  let direction = residual.clone();
  for (let step = 0; step < steps; step++) {
    const product = matrix.mmul(direction);
    const squares = residual.dot(residual);
    const length = squares / direction.dot(product);
    x.add(Matrix.mul(direction, length));
    residual.sub(Matrix.mul(product, length));
    direction = Matrix.add(residual, direction.mul(residual.dot(residual) / squares));
  }
  return x.to1DArray();
}
