// The exports of the module. `npm run kernels` compiles it to kernels.wasm.
export { learnFeatureWeights, refreshPrior } from './bayes-prior';
export { updateBayesRows } from './bayes-rows';
export { ceilingsOfRows } from './ceilings';
export { factorise, invertFactor, solve } from './cholesky';
export { coLikingRows } from './co-liking';
export { descend } from './descent';
export { gramRows } from './gram';
export { improveRows, solveRows } from './least-squares-rows';
export { positionsFrom, scoreRows, scoreSomeRows, topK } from './ranking';
