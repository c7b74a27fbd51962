import { deployModel } from './deploy-model/action.ts';
import { detectDrift } from './detect-drift/action.ts';
import { ingestRatings } from './ingest-ratings/action.ts';
import type { ActionDefinition, Inputs, Outputs } from './inputs.ts';
import { publishModel } from './publish-model/action.ts';
import { reportMetrics } from './report-metrics/action.ts';
import { runCommand } from './run-command/action.ts';
import { trainModel } from './train-model/action.ts';

/** Every action, in the order data goes through them. */
export const definitions: readonly ActionDefinition<Inputs, Outputs>[] = [
  ingestRatings,
  detectDrift,
  trainModel,
  publishModel,
  deployModel,
  reportMetrics,
  runCommand,
];
