import type { Arena } from '../../../math/compute/arena.ts';
import type { Movie } from '../../../ratings/movie.ts';
import { type Evidence, GROUP } from './side.ts';

/** Years of release that count as one trait. */
const YEARS = 10;

/** Genres and decades as features of movies, with their learned weights. */
export interface Traits {
  readonly evidence: Evidence;
  /** The sum of the weights of the traits of a movie: Σ g, factorCount long. */
  priorOffset(movie: Movie): Float64Array;
}

const traitsOf = ({ genres, year }: Movie): readonly string[] => [
  ...new Set(genres),
  ...(year === null ? [] : [`${YEARS * Math.floor(year / YEARS)}s`]),
];

/**
 * The genres and the decade of movies as evidence for their priors.
 *
 * @param movies by row; undefined for an unknown movie.
 */
export function movieTraits(
  arena: Arena,
  movies: readonly (Movie | undefined)[],
  { factorCount, penalty }: { readonly factorCount: number; readonly penalty: number },
): Traits {
  const rowsByTrait = new Map<string, number[]>();
  movies.forEach((movie, row) => {
    for (const trait of movie === undefined ? [] : traitsOf(movie)) {
      const rows = rowsByTrait.get(trait) ?? [];
      rows.push(row);
      rowsByTrait.set(trait, rows);
    }
  });
  const names = [...rowsByTrait.keys()].sort();
  const pointers = arena.integers(names.length + 1);
  names.forEach((name, feature) => {
    pointers[feature + 1] = (pointers[feature] as number) + (rowsByTrait.get(name)?.length ?? 0);
  });
  const columns = arena.integers(pointers[names.length] as number);
  columns.set(names.flatMap((name) => rowsByTrait.get(name) ?? []));
  const weights = arena.floats(names.length * factorCount);
  const featureOf = new Map(names.map((name, feature) => [name, feature]));
  return {
    evidence: {
      rowsByFeature: { rowCount: names.length, pointers, columns },
      scales: arena.floats(movies.length).fill(1),
      weights,
      penalty,
    },
    priorOffset(movie) {
      const sum = new Float64Array(factorCount);
      for (const trait of traitsOf(movie)) {
        const feature = featureOf.get(trait);
        if (feature === undefined) continue;
        for (let f = 0; f < factorCount; f++) {
          const group = Math.floor(f / GROUP) * names.length;
          const weight = weights[(group + feature) * GROUP + (f % GROUP)] as number;
          sum[f] = (sum[f] as number) + weight;
        }
      }
      return sum;
    },
  };
}
