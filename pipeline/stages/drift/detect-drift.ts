import { checkDrift } from '../../drift/check.ts';
import { decodeReference } from '../../drift/reference.ts';
import type { RetrainingDecision } from '../../drift/retraining.ts';
import type { Sample } from '../../drift/sample.ts';
import type { DriftCheck } from '../../drift/signal.ts';
import { performanceBeside, type ScoringWay, usersToScore } from '../../evaluate/performance-beside.ts';
import type { Issue } from '../../forge/forge.ts';
import { canonicalJson, sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import { mergePerformance, type PerformanceSummary } from '../../ratings/performance.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { mergeSummaries, type RatingSummary } from '../../ratings/summary.ts';
import { type DriftLock, withDriftLock } from '../../store/drift-lock.ts';
import { latestCheck, recordDecision, recordDriftCheck } from '../../store/drift-log.ts';
import type { Mute } from '../../store/drift-mutes.ts';
import { listBatches } from '../../store/ledger.ts';
import { type ModelRecord, readReference } from '../../store/models.ts';
import { activeQuarantines } from '../../store/quarantine.ts';
import { readGenres } from '../../store/read-movies.ts';
import { readStoredRatings } from '../../store/read-ratings.ts';
import { readPerformance, readSummaries, writePerformance } from '../../store/summaries.ts';
import { settleChampion } from '../champion/champion.ts';
import { loadReleasedPackage } from '../champion/released-package.ts';
import type { Pipeline } from '../pipeline.ts';
import { type Episode, openDriftIssue, readEpisode } from './episode.ts';
import { closeDriftIssue, dispatchRoutine, followDriftIssue } from './follow-issue.ts';
import { type GainReport, measureRetrainingGain } from './measure-gain.ts';
import { decideOnEpisode } from './retraining-decision.ts';

/** The result of a check and the decision. */
export interface CheckedDrift {
  readonly status: 'checked';
  readonly modelVersion: number;
  readonly checkId: number;
  readonly checkedAt: Date;
  readonly check: DriftCheck;
  /** Changes when a setting of the check does. */
  readonly configDigest: string;
  readonly bufferRatings: number;
  readonly batchIds: readonly number[];
  /** What retraining gains. */
  readonly gain: GainReport;
  readonly decision: RetrainingDecision;
  /** Whether this check raised the alert of its newest batch, or an earlier one had. */
  readonly alert: 'raised' | 'already-raised' | 'none';
  /** The mute that prevented an issue, a comment and a dispatch; null without one. */
  readonly muted: Mute | null;
  /** How long the check took, after connecting. */
  readonly seconds: number;
  /** The issue of this episode, which this check may have closed; null when there is none. */
  readonly issue: Issue | null;
}

/** The result of a check, or that there was nothing to check. */
export type DriftOutcome = { readonly status: 'nothing-new'; readonly modelVersion: number } | CheckedDrift;

/**
 * Compares the ratings since the champion's training with its training data, stores the check and the decision, and
 * updates the drift issue. Dispatches retraining that is due. A lock lets one process check at a time.
 *
 * @throws OperatorError `no-champion` before the first model, `performance-check-failed` when the champion
 * cannot be scored on the new ratings: a check that failed is never reported as "no drift".
 */
export function detectDrift(pipeline: Pipeline): Promise<DriftOutcome> {
  return withDriftLock(pipeline.store, (lock) => checkAndFollow(lock, pipeline));
}

async function checkAndFollow(lock: DriftLock, pipeline: Pipeline): Promise<DriftOutcome> {
  const { config, store, clock, stopwatch } = pipeline;
  const started = stopwatch();
  const champion = await settleChampion(pipeline);
  if (champion === null) {
    throw new OperatorError(
      'no-champion',
      'There is no model to compare the new ratings with.',
      'Train the first one: cinematch train.',
    );
  }
  await closeIfPromoted(lock, pipeline, champion);
  const batches = await listBatches(store, ['buffer']);
  const batchIds = batches.map(({ batchId }) => batchId);
  const [summaries, scored, genres, bytes] = await Promise.all([
    readSummaries(store, batchIds),
    readPerformance(store, champion.version, batchIds),
    readGenres(store),
    readReference(store, champion.version),
  ]);
  const filled = batchIds.filter((id) => (summaries.get(id)?.count ?? 0) > 0);
  const newestId = filled.at(-1);
  if (newestId === undefined) return { status: 'nothing-new', modelVersion: champion.version };

  const reference = decodeReference(bytes);
  const newest = await readStoredRatings(store, { batchIds: [newestId] });
  const performances = await scoreMissing(pipeline, champion, {
    batchIds: filled,
    scored,
    newest,
    learned: reference.summary,
    way: reference.isAsTold ? 'as-told' : 'alone',
  });
  const sampleOf = (ids: readonly number[]): Sample => ({
    summary: mergeSummaries(ids.map((id) => summaries.get(id) as RatingSummary)),
    performance: mergePerformance(ids.map((id) => performances.get(id) as PerformanceSummary)),
  });
  const buffer = sampleOf(filled);
  const check = checkDrift(
    {
      reference,
      newest: {
        ...sampleOf([newestId]),
        ratings: newest,
      },
      buffer: filled.length > 1 ? { ...buffer, batches: filled.length } : null,
      genresOf: (movieId) => genres.get(movieId) ?? [],
      quality: batches
        .filter(({ batchId }) => filled.includes(batchId))
        .toReversed()
        .flatMap(({ batchId: batch, quality }) => quality.map((finding) => ({ batch, ...finding }))),
    },
    config.drift,
  );

  const checkedAt = clock();
  const digest = configDigest(config.drift);
  const bufferRatings = buffer.summary.count;
  const { checkId, alert } = await recordDriftCheck(store, {
    checkedAt,
    modelVersion: champion.version,
    check,
    newestBatchId: newestId,
    bufferBatchIds: filled,
    bufferRatings,
    inputs: {
      config: config.drift,
      configDigest: digest,
      snapshot: champion.manifest.snapshot.sha256,
      quarantines: await activeQuarantines(store),
      ...(pipeline.run === undefined ? {} : { run: pipeline.run }),
    },
  });
  const episode = (await readEpisode(pipeline)) as Episode;
  const gain = await measureRetrainingGain(pipeline, champion, newestId, checkedAt);
  const { decision, alerts } = await decideOnEpisode(pipeline, episode, { champion, gain });
  await dispatchRoutine(pipeline, episode, decision);
  await recordDecision(store, {
    checkId,
    decidedAt: checkedAt,
    decision,
    inputs: {
      alerts: alerts.map(({ alertId }) => alertId),
      bufferRatings,
      gains: gain.gains,
      config: config.retraining,
    },
  });
  const issue = await followDriftIssue(lock, pipeline, episode, decision);
  return {
    status: 'checked',
    modelVersion: champion.version,
    checkId,
    checkedAt,
    check,
    configDigest: digest,
    bufferRatings,
    batchIds: filled,
    gain,
    decision,
    alert,
    muted: episode.mute,
    seconds: (stopwatch() - started) / 1000,
    issue,
  };
}

/**
 * Closes the issue that the champion answers when its deployment was interrupted before that. Another deployment of
 * the champion completes the other steps, for example the record of the serving model.
 */
async function closeIfPromoted(
  lock: DriftLock,
  pipeline: Pipeline,
  { version, manifest }: ModelRecord,
): Promise<void> {
  const last = await latestCheck(pipeline.store);
  if (last === null || last.modelVersion !== manifest.parent) return;
  if ((await openDriftIssue(pipeline)) === null) return;
  await pipeline.forge.dispatch('deploy', { version: String(version) });
  await closeDriftIssue(lock, pipeline, version);
}

/** Twelve hex digits that change when a setting of the check does. */
function configDigest(config: unknown): string {
  return sha256(canonicalJson(config)).slice(0, 12);
}

/** The champion's errors and lists on each batch. A batch is scored once; later checks read the sums. */
async function scoreMissing(
  { store, forge, onProgress }: Pipeline,
  champion: ModelRecord,
  {
    batchIds,
    scored,
    newest,
    learned,
    way,
  }: {
    readonly batchIds: readonly number[];
    readonly scored: ReadonlyMap<number, PerformanceSummary>;
    /** The ratings of the last of the batches. */
    readonly newest: Ratings;
    /** The training data of the champion. */
    readonly learned: RatingSummary;
    /** As its holdout was scored. */
    readonly way: ScoringWay;
  },
): Promise<ReadonlyMap<number, PerformanceSummary>> {
  const known = new Map(scored);
  const missing = batchIds.filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  try {
    const { model } = await loadReleasedPackage({ store, forge }, champion.version);
    for (const [done, id] of missing.entries()) {
      onProgress({ stage: 'scoring the champion', done, total: missing.length, unit: 'batches' });
      const ratings = id === batchIds.at(-1) ? newest : await readStoredRatings(store, { batchIds: [id] });
      const seen = await readStoredRatings(store, { beforeBatch: id, userIds: usersToScore(ratings, way) });
      const performance = performanceBeside(model, ratings, learned, seen, way);
      await writePerformance(store, champion.version, id, performance, ratings.length);
      known.set(id, performance);
    }
  } catch (cause) {
    throw new OperatorError(
      'performance-check-failed',
      `Model v${champion.version} could not be scored on the new ratings (batches ${missing.join(', ')}): ${cause instanceof Error ? cause.message : String(cause)}`,
      cause instanceof OperatorError
        ? cause.remedy
        : 'Drift cannot be measured until this works. See the cause below.',
      { cause },
    );
  }
  return known;
}
