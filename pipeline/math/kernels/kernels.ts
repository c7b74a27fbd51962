// Everything the module exports. `npm run kernels` compiles it to kernels.wasm.
export { learnFeatureWeights, refreshPrior, updateBayesRows } from './bayes-rows.ts';
export { factorise, invertFactor, solve } from './cholesky.ts';
export { descend } from './descent.ts';
export { gramRows } from './gram.ts';
export { improveRows, solveRows } from './least-squares-rows.ts';
export { scoreRows, topK } from './ranking.ts';
