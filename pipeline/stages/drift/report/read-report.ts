import { listGains } from '../../../store/retraining-gains.ts';
import { movieTitles } from '../../movie-titles.ts';
import type { Pipeline } from '../../pipeline.ts';
import type { CheckedDrift } from '../detect-drift.ts';
import { batchHistory, effectHistory } from '../effect-history.ts';
import type { BufferReport } from './drift-report.ts';

/** Gains in the report: a year of checks. */
const GAINS = 200;

/** Reads what the report of a check of the buffer shows beside the check itself. */
export async function readDriftReport(pipeline: Pipeline, outcome: CheckedDrift): Promise<BufferReport> {
  const { store, config, run = null } = pipeline;
  return {
    ...outcome,
    dataset: config.dataset,
    history: await effectHistory(pipeline),
    batches: await batchHistory(pipeline),
    gainHistory: await listGains(store, GAINS),
    movieTitle: await movieTitles(store),
    confidence: outcome.check.preset === 'robust' ? 1 - config.drift.robust.familyWiseErrorRate : null,
    run,
  };
}
