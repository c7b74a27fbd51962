import { leastNewRatings } from '../../drift/retraining.ts';
import { PRODUCTION } from '../../forge/forge.ts';
import type { PipelineFacts, PipelineHistory } from '../../history/pipeline-history.ts';
import { asServed } from '../../history/reigns.ts';
import { runParts } from '../../reports/run-links.ts';
import { readHistory } from '../../store/read-history.ts';
import { isOpen, readEpisode } from '../drift/episode.ts';
import type { Pipeline } from '../pipeline.ts';

/**
 * What the pipeline did, for the bundle of a model. The bundle is made before the model is promoted, so the history tells
 * of it as the one that serves.
 *
 * @param version of the model in the bundle.
 * @param now when the bundle is assembled.
 */
export async function readPipelineHistory(
  pipeline: Pick<Pipeline, 'store' | 'forge' | 'config' | 'clock' | 'run'>,
  version: number,
  now: Date,
): Promise<PipelineHistory> {
  const { store, config } = pipeline;
  const limitMegabytes = config.store.limitMegabytes;
  const stored = await readHistory(store, { now, limitMegabytes });
  const served = stored.models.find((model) => model.version === version);
  const facts: PipelineFacts = {
    dataset: config.dataset,
    repository: runParts(pipeline.run ?? served?.manifest.run)?.repositoryUrl ?? null,
    minGain: config.retraining.minGain,
    neededRatings:
      served === undefined ? null : leastNewRatings(served.manifest.snapshot.ratings, config.retraining),
    confidence: 1 - config.drift.robust.familyWiseErrorRate,
    limitMegabytes,
    issue: await readIssue(pipeline),
    deployments: (await pipeline.forge.deployments.list(PRODUCTION))
      .map(({ version: deployed, createdAt }) => ({ version: deployed, at: createdAt.toISOString() }))
      .toReversed(),
  };
  return asServed({ schema: 1, ...stored, facts }, version, now);
}

async function readIssue(
  pipeline: Pick<Pipeline, 'store' | 'forge' | 'config' | 'clock'>,
): Promise<PipelineFacts['issue']> {
  const episode = await readEpisode(pipeline);
  if (!isOpen(episode)) return null;
  const { number, title, location } = episode.issue;
  return { number, title, location, stage: episode.stage };
}
