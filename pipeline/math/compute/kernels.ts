import { readFileSync } from 'node:fs';

/** A position in the memory of the kernels, in bytes. */
export type Address = number;

/** The ratings of one side by row: pointers, columns and half stars. */
type Rows = [pointers: Address, columns: Address, halves: Address];

/** A side of alternating least squares, and its targets. */
type LeastSquares = [
  ...Rows,
  means: Address,
  opposites: Address,
  width: number,
  base: Address,
  ridge: number,
  factor: number,
  shift: number,
  hasBias: number,
];

/** The arguments of the kernels that work on a range of rows (or blocks, or columns), so that threads can share the work. */
export interface RangeArguments {
  gramRows: [rows: Address, width: number];
  updateBayesRows: [
    ...Rows,
    means: Address,
    variances: Address,
    featureMeans: Address,
    deviations: Address,
    rows: number,
    opposites: Address,
    oppositeVariances: Address,
    width: number,
    mean: number,
    tau: number,
    prior: Address,
    shared: Address,
  ];
  refreshPrior: [
    means: Address,
    deviations: Address,
    rows: number,
    width: number,
    shared: Address,
    featureMeans: Address,
  ];
  learnFeatureWeights: [
    pointers: Address,
    columns: Address,
    features: number,
    deviations: Address,
    rows: number,
    scales: Address,
    weights: Address,
    penalty: number,
  ];
  solveRows: LeastSquares;
  improveRows: [...LeastSquares, steps: number];
  descend: [
    users: Address,
    movies: Address,
    halves: Address,
    blocks: Address,
    side: number,
    stratum: number,
    userFactors: Address,
    movieFactors: Address,
    userBiases: Address,
    movieBiases: Address,
    width: number,
    mean: number,
    rate: number,
    penalty: number,
  ];
  coLikingRows: [
    pointers: Address,
    raters: Address,
    weights: Address,
    userPointers: Address,
    liked: Address,
    likings: Address,
    norms: Address,
    least: Address,
    movies: number,
    shrinkage: number,
    most: number,
    lengths: Address,
    rows: Address,
    similarities: Address,
    pairPointers: Address,
    others: Address,
    pairSimilarities: Address,
  ];
}

export type RangeKernelName = keyof RangeArguments;

/**
 * The range is `from` (inclusive) to `to` (exclusive). The kernel adds its sums to the slot and uses its scratch memory.
 */
type RangeKernels = {
  [K in RangeKernelName]: (
    ...args: [...RangeArguments[K], from: number, to: number, slot: Address, scratch: Address]
  ) => void;
};

/** The exports of `kernels.wasm`. The files in `pipeline/math/kernels/` document them. */
export interface Kernels extends RangeKernels {
  factorise(matrix: Address, size: number): void;
  solve(factor: Address, size: number, vector: Address): void;
  invertFactor(factor: Address, size: number, inverse: Address): void;
  scoreRows(rows: Address, count: number, width: number, vector: Address, scores: Address): void;
  scoreSomeRows(
    rows: Address,
    positions: Address,
    count: number,
    width: number,
    vector: Address,
    scores: Address,
  ): void;
  ceilingsOfRows(
    codes: Address,
    count: number,
    width: number,
    offsets: Address,
    scales: Address,
    residuals: Address,
    norms: Address,
    vector: Address,
    step: number,
    length: number,
    residual: number,
    ceilings: Address,
  ): void;
  positionsFrom(scores: Address, count: number, least: number, positions: Address): number;
  topK(scores: Address, count: number, k: number, positions: Address, values: Address): number;
}

/** Ratings, or rows, that a kernel gathers at a time: `CHUNK` of `kernels/gram.ts`. */
const GATHERED = 128;

/** Sizes of the scratch memory of kernels, in numbers. */
export const SCRATCH = {
  updateBayesRows: (width: number) => (3 * width + GATHERED + 5) * width,
  refreshPrior: (width: number) => GATHERED * width,
  solveRows: (width: number) => (width + GATHERED) * width,
  /** @param longest number of ratings in the longest row. */
  improveRows: (width: number, longest: number) => (3 + longest) * width,
  coLikingRows: (movies: number, most: number) => 4 * movies + most + 3,
} as const;

/** The most pages of 64 KiB that a WebAssembly memory can have: 4 GiB. */
export const MAX_PAGES = 65_536;

/** The compiled kernels. Compiling takes a few milliseconds and is done once in a process; threads receive the module. */
export const kernelModule = new WebAssembly.Module(
  readFileSync(new URL('../kernels/kernels.wasm', import.meta.url)),
);

/** Instantiates the kernels on a memory, which several threads may share. */
export function instantiateKernels(memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(kernelModule, { env: { memory } });
  return exports as unknown as Kernels;
}
