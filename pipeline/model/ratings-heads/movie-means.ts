import type { Baseline } from '../baseline.ts';
import type { RatingsHead, RatingsView } from '../heads.ts';

export const MOVIE_MEANS = 'movie-means';

/** Predicts a movie's damped mean, the same for everyone. */
export function movieMeansHead({ mean, movieOffsets }: Baseline): RatingsHead {
  const view: RatingsView = {
    product: () => null,
    rate: (movieRow) => mean + (movieOffsets[movieRow] as number),
    deviation: () => null,
    addTo(scores, weight) {
      for (let row = 0; row < scores.length; row++) {
        scores[row] = (scores[row] as number) + weight * (mean + (movieOffsets[row] as number));
      }
    },
    contributions: () => null,
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
