import { type DriftOutcome, detectDrift } from '../drift/detect-drift.ts';
import { type IngestResult, ingestRatings } from '../ingest/ingest-ratings.ts';
import type { Pipeline } from '../pipeline.ts';
import { type PublishOutcome, publishModel } from '../release/publish-model.ts';
import type { Candidate } from '../training/candidate.ts';
import { trainModel } from '../training/train-model.ts';

/** One week of the loop, stage by stage. Candidate and release are null when the check decided to wait. */
export interface WeekOutcome {
  readonly ingest: IngestResult;
  readonly drift: DriftOutcome;
  readonly candidate: Candidate | null;
  readonly published: PublishOutcome | null;
}

/** Callbacks at the end of each stage. */
export interface WeekObserver {
  ingested?(result: IngestResult): void;
  checked?(outcome: DriftOutcome): void;
  trained?(candidate: Candidate): void;
  published?(outcome: PublishOutcome): void;
}

/** Ingests one batch, checks for drift, and when retraining is due, trains, judges, releases and promotes a model. */
export async function runWeek(
  pipeline: Pipeline,
  batchPath: string,
  observer: WeekObserver = {},
): Promise<WeekOutcome> {
  const ingest = await ingestRatings(pipeline, batchPath, 'buffer');
  observer.ingested?.(ingest);
  const drift = await detectDrift(pipeline);
  observer.checked?.(drift);
  if (drift.status !== 'checked' || drift.decision.reason === null) {
    return { ingest, drift, candidate: null, published: null };
  }
  const candidate = await trainModel(pipeline, drift.decision.reason);
  observer.trained?.(candidate);
  const published = await publishModel(pipeline, candidate);
  observer.published?.(published);
  return { ingest, drift, candidate, published };
}
