/** The size of a set of ratings. */
export interface Shape {
  readonly ratings: number;
  readonly users: number;
  readonly movies: number;
}

/** Sizes of the MovieLens data sets, from their README files. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  '100k': { ratings: 100_836, users: 610, movies: 9_724 },
  '1m': { ratings: 1_000_209, users: 6_040, movies: 3_706 },
  '10m': { ratings: 10_000_054, users: 69_878, movies: 10_677 },
  '20m': { ratings: 20_000_263, users: 138_493, movies: 26_744 },
  '25m': { ratings: 25_000_095, users: 162_541, movies: 59_047 },
  '32m': { ratings: 32_000_204, users: 200_948, movies: 84_432 },
};

/**
 * The shape of a data set by its name (`32m`), or for a number of ratings: users in proportion to MovieLens 32M, movies
 * with the square root.
 *
 * @returns null for anything else.
 */
export function shapeOf(size: string): Shape | null {
  const named = SHAPES[size.toLowerCase()];
  if (named !== undefined) return named;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(size) ?? [];
  const ratings = Math.round(Number(number) * ({ k: 1e3, m: 1e6 }[unit.toLowerCase()] ?? 1));
  if (number === undefined || ratings < 1_000) return null;
  const largest = SHAPES['32m'] as Shape;
  const scale = ratings / largest.ratings;
  return {
    ratings,
    users: Math.max(10, Math.round(largest.users * scale)),
    movies: Math.max(100, Math.round(largest.movies * Math.sqrt(scale))),
  };
}
