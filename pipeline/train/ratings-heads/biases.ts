import { biasesHead, movieMeansHead } from '../../model/ratings-heads/biases.ts';
import { fitUserBiases } from '../baseline.ts';
import type { RatingsTrainer } from '../head-trainer.ts';

/** The overall mean and damped biases of users and movies. */
export const biases: RatingsTrainer = {
  name: 'bias',
  hyperParameters: {},
  usesKernels: false,
  async fit({ matrix, baseline, damping }) {
    return biasesHead(baseline, fitUserBiases(matrix, baseline, damping), damping.userDamping);
  },
};

/** The damped mean of each movie, the same for everyone. */
export const movieMeans: RatingsTrainer = {
  name: 'movie-means',
  hyperParameters: {},
  usesKernels: false,
  fit: async ({ baseline }) => movieMeansHead(baseline),
};
