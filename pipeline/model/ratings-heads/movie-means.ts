import type { Baseline } from '../baseline.ts';
import { type RatingsHead, type RatingsView, sameForEveryone } from '../heads.ts';

export const MOVIE_MEANS = 'movie-means';

/** Predicts a movie's damped mean, the same for everyone. */
export function movieMeansHead({ mean, movieOffsets }: Baseline): RatingsHead {
  const means = Float64Array.from(movieOffsets, (offset) => mean + offset);
  const view: RatingsView = {
    ...sameForEveryone(means),
    rate: (movieRow) => means[movieRow] as number,
    deviation: () => null,
  };
  return {
    kind: MOVIE_MEANS,
    personal: false,
    movieVectors: null,
    user: () => view,
    foldIn: () => view,
    tensors: {},
  };
}
