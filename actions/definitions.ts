import { deployModelAction } from './deploy-model/action.ts';
import { detectDriftAction } from './detect-drift/action.ts';
import { ingestRatingsAction } from './ingest-ratings/action.ts';
import type { ActionDefinition, Inputs, Outputs } from './inputs.ts';
import { publishModelAction } from './publish-model/action.ts';
import { reportMetricsAction } from './report-metrics/action.ts';
import { runCommandAction } from './run-command/action.ts';
import { trainModelAction } from './train-model/action.ts';

/** Every action, in the order data goes through them. */
export const definitions: readonly ActionDefinition<Inputs, Outputs>[] = [
  ingestRatingsAction,
  detectDriftAction,
  trainModelAction,
  publishModelAction,
  deployModelAction,
  reportMetricsAction,
  runCommandAction,
];
