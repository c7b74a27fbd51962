import { popularityModel } from '../model/popularity-model.ts';
import type { Algorithm } from './algorithm.ts';
import { fitBaseline } from './baseline.ts';
import { BIAS_PARAMETERS } from './bias.ts';
import { resolveHyperParameters } from './hyper-parameters.ts';
import { trainingMatrix } from './training-matrix.ts';

const NAME = 'popularity';

/** Number of ratings for ranking, damped movie means for prediction. */
export const popularity: Algorithm = {
  name: NAME,
  hyperParameters: BIAS_PARAMETERS,
  async fit(ratings, { hyperParameters }) {
    const damping = resolveHyperParameters(NAME, BIAS_PARAMETERS, hyperParameters);
    return popularityModel(NAME, fitBaseline(trainingMatrix(ratings), damping));
  },
};
