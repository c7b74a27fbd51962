import { openSearch, type Search, type SearchOptions } from '../../../pipeline/stages/compare/run-trial.ts';
import type { TrialResult } from '../../../pipeline/stages/compare/trial-files.ts';
import type { Algorithm, FitOptions } from '../../../pipeline/train/algorithm.ts';
import { searchSpace } from '../../../pipeline/train/search-space.ts';
import { learn } from '../../train/learn.ts';
import { plantedRatings } from '../../train/planted.ts';

export const planted = plantedRatings(3, 60, 40, 20);
export const rated = { ratings: planted.train, movies: [{ id: 7, title: 'One', year: null, genres: [] }] };

/** `bias` with ranges of its own, which keeps what it was asked to fit. */
export function watched(): { readonly algorithm: Algorithm; readonly fits: FitOptions[] } {
  const fits: FitOptions[] = [];
  const search = { from: 0.5, to: 50, scale: 'log' } as const;
  const algorithm: Algorithm = {
    name: 'watched-bias',
    hyperParameters: {
      userDamping: { meaning: 'x', default: 5, min: 0, max: 1000, search },
      movieDamping: { meaning: 'x', default: 5, min: 0, max: 1000, search },
    },
    fit: (ratings, options) => {
      fits.push(options);
      return learn('bias', ratings, options);
    },
  };
  return { algorithm, fits };
}

export function optionsOf(algorithm: Algorithm, changes: Partial<SearchOptions> = {}): SearchOptions {
  const fixed = changes.fixed ?? {};
  return {
    algorithm,
    space: searchSpace(algorithm, {}, fixed),
    fixed,
    split: 'random',
    share: 0.2,
    seed: 1,
    evaluate: { rankingUsers: null },
    stopwatch: () => performance.now(),
    ...changes,
  };
}

export const searchOf = (changes: Partial<SearchOptions> = {}): Search =>
  openSearch(rated, optionsOf(watched().algorithm, changes));

/** Everything of a result but how long it took. */
export const timeless = ({ seconds: _, ...rest }: TrialResult): object => rest;
