import { biasModel } from '../model/bias-model.ts';
import type { Algorithm } from './algorithm.ts';
import { fitBaseline, fitUserBiases } from './baseline.ts';
import { resolveHyperParameters } from './hyper-parameters.ts';
import { trainingMatrix } from './training-matrix.ts';

const NAME = 'bias';

/** Ratings at the mean that every user and movie is credited with. */
export const BIAS_PARAMETERS = {
  userDamping: { default: 5, min: 0, max: 1000 },
  movieDamping: { default: 5, min: 0, max: 1000 },
} as const;

/** The overall mean and damped biases of users and movies. */
export const bias: Algorithm = {
  name: NAME,
  hyperParameters: BIAS_PARAMETERS,
  async fit(ratings, { hyperParameters }) {
    const damping = resolveHyperParameters(NAME, BIAS_PARAMETERS, hyperParameters);
    const matrix = trainingMatrix(ratings);
    const baseline = fitBaseline(matrix, damping);
    return biasModel(NAME, baseline, fitUserBiases(matrix, baseline, damping));
  },
};
