import { GAIN_METRICS, type Gain } from '../../drift/gain.ts';
import type { CurvePoint } from '../../drift/learning-curve.ts';
import { expectedGain, MAX_CURVE_POINTS, MIN_CURVE_POINTS } from '../../drift/learning-curve.ts';
import type { RetrainingGain } from '../../drift/retraining.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { tagOf } from '../../lib/model-tag.ts';
import type { Model } from '../../model/model.ts';
import { sortByTime, sortByUser } from '../../ratings/order.ts';
import { type Ratings, sliceRatings } from '../../ratings/ratings.ts';
import { snapshotDigest } from '../../ratings/snapshot.ts';
import { listBatches } from '../../store/ledger.ts';
import { listModels, type ModelRecord } from '../../store/models.ts';
import { readStoredMovies } from '../../store/read-movies.ts';
import { readStoredRatings } from '../../store/read-ratings.ts';
import { type GainRecord, listGains, recordGains } from '../../store/retraining-gains.ts';
import { algorithmNamed } from '../../train/algorithms.ts';
import { isFittedAs } from '../champion/fitted-as.ts';
import { loadReleasedPackage } from '../champion/released-package.ts';
import type { Pipeline } from '../pipeline.ts';
import { gainBetween, measureGain, scorerOf } from './compare-models.ts';

/** Newest gains that are read: more than the learning curve uses. */
const READ_GAINS = 100;

/** What retraining gains, as far as it can be measured at a check. */
export interface GainReport {
  /** Of the challenger over the champion on the newest batch; null when the champion has learned all that came before. */
  readonly measured: Gain | null;
  /** The measured gains and those to expect of training now. RMSE is first. */
  readonly gains: readonly RetrainingGain[];
  /** Why there are none, inside a sentence; null when there are. */
  readonly unknown: string | null;
  /** Ratings that the champion has not learned, and those it has. */
  readonly newRatings: number;
  readonly trainedRatings: number;
  /** What the champion gained over the model before it, on a batch that came after both; null until it is known. */
  readonly realised: Gain | null;
  /** The smallest gain worth a training: `retraining.minGain`. */
  readonly minGain: number;
}

/**
 * Measures what retraining gains. A challenger is fitted to all ratings before the newest batch with today's settings, and
 * so is a model without the newest of these ratings, as many as the batch has; a release that was fitted to exactly these
 * ratings is used again. The newest batch says what the one gains over the champion, and over the other: a point of the
 * learning curve. While the curve has too few points, older ratings give more. The gain of training now, which no batch has
 * seen yet, is expected from the curve.
 *
 * Gains are stored, so that another check of the same batch trains nothing. With more ratings than
 * `retraining.gainRatings`, a sample of the users is used, the same for all models.
 */
export async function measureRetrainingGain(
  pipeline: Pipeline,
  champion: ModelRecord,
  newestBatchId: number,
  measuredAt: Date,
): Promise<GainReport> {
  const { config, store } = pipeline;
  const version = champion.version;
  const stored = await listGains(store, READ_GAINS);
  const isOf = (kind: GainRecord['kind']) => (gain: GainRecord) =>
    gain.kind === kind && gain.modelVersion === version;
  const isMeasured = stored.some((gain) => gain.kind === 'curve' && gain.batchId === newestBatchId);
  const isKnown =
    isMeasured && stored.some((gain) => isOf('measured')(gain) && gain.batchId === newestBatchId);
  const sizes = await learnedAndNew(pipeline, champion);
  const unlearned = sizes.newBeforeNewest(newestBatchId);
  const isOn = config.retraining.gainRatings > 0;
  const needsMeasured = isOn && unlearned > 0 && !isKnown;
  const fresh: GainRecord[] = [];
  if ((isOn && !isMeasured) || needsMeasured) {
    const points = stored.filter(({ kind }) => kind === 'curve').length;
    fresh.push(
      ...(
        await fitAndCompare(pipeline, champion, {
          newestBatchId,
          total: sizes.total,
          learnedBefore: unlearned,
          isCurveKnown: isMeasured,
          needsMeasured,
          missingPoints: MIN_CURVE_POINTS - 1 - points,
        })
      ).map((gain) => ({ ...gain, modelVersion: version, batchId: newestBatchId, measuredAt })),
    );
    await recordGains(store, fresh);
  }
  if (isOn && !stored.some(isOf('realised'))) {
    const userShare = userShareOf(sizes.total, config.retraining);
    const realised = await measureRealised(pipeline, champion, newestBatchId, userShare);
    if (realised !== null) {
      const record = { ...realised, measuredAt };
      await recordGains(store, [record]);
      fresh.push(record);
    }
  }
  const all = [...fresh, ...stored];
  const measured = all.find((gain) => isOf('measured')(gain) && gain.batchId === newestBatchId)?.gain ?? null;
  const curve = all.filter(({ kind }) => kind === 'curve').slice(0, MAX_CURVE_POINTS);
  const newRatings = sizes.total - sizes.learned;
  const gains = gainsOf(measured, curve, newRatings / sizes.learned);
  return {
    measured,
    gains,
    unknown: gains.length > 0 ? null : isOn ? whyUnknown(unlearned, curve.length) : OFF,
    newRatings,
    trainedRatings: sizes.learned,
    realised: all.find(isOf('realised'))?.gain ?? null,
    minGain: config.retraining.minGain,
  };
}

const OFF = 'it is not measured while retraining.gainRatings is 0';

/**
 * @param unlearned ratings before the newest batch that the champion has not learned.
 * @param points of the learning curve.
 */
function whyUnknown(unlearned: number, points: number): string {
  const measured =
    unlearned === 0
      ? 'the champion has learned all ratings before the newest batch'
      : 'the batch and the ratings before it are too few to compare models';
  return `${measured}, and the learning curve has ${points} of ${MIN_CURVE_POINTS} points`;
}

/** The share of the users that gains are measured on, 0 to 1. */
const userShareOf = (ratings: number, { gainRatings }: { readonly gainRatings: number }): number =>
  Math.min(1, gainRatings / ratings);

/**
 * What the champion gains over the model that it replaced, on the first batch after its training.
 *
 * @returns null when it replaced none, or the release of that model is gone.
 */
async function measureRealised(
  pipeline: Pipeline,
  { version, manifest }: ModelRecord,
  newestBatchId: number,
  userShare: number,
): Promise<Omit<GainRecord, 'measuredAt'> | null> {
  const { config, store, forge } = pipeline;
  const { parent, snapshot } = manifest;
  const batches = (await listBatches(store)).map(({ batchId }) => batchId);
  const older = (await listModels(store)).find((model) => model.version === parent);
  if (older === undefined || (await forge.releases.get(tagOf(older.version))) === null) return null;
  const read = (batchIds: readonly number[]) => readStoredRatings(store, { batchIds, userShare });
  const batch = await read([newestBatchId]);
  const seen = await read(batches.filter((id) => id < newestBatchId));
  const gain = measureGain(
    {
      older: (await loadReleasedPackage(pipeline, older.version)).model,
      newer: (await loadReleasedPackage(pipeline, version)).model,
    },
    { seen, batch, evaluate: config.evaluate, confidence: config.gate.confidence },
  );
  const learned = older.manifest.snapshot.ratings;
  return {
    kind: 'realised',
    modelVersion: version,
    batchId: newestBatchId,
    timeWindow: 0,
    newShare: (snapshot.ratings - learned) / learned,
    gain,
  };
}

/**
 * The gains that a decision is based on: the measured one and the one to expect of training now, in each metric.
 *
 * @param curve points of the learning curve, the newest first.
 * @param newShare ratings that the champion has not learned, as a share of those it has.
 */
export function gainsOf(
  measured: Gain | null,
  curve: readonly Pick<GainRecord, 'newShare' | 'gain'>[],
  newShare: number,
): readonly RetrainingGain[] {
  return GAIN_METRICS.flatMap((name): RetrainingGain[] => {
    const metric = METRICS[name].label;
    const found = measured?.[name] ?? null;
    const points = curve.flatMap(({ newShare, gain }): CurvePoint[] => {
      const ofMetric = gain[name];
      return ofMetric === null ? [] : [{ newShare, gain: ofMetric.gain }];
    });
    const expected = expectedGain(points, newShare);
    return [
      ...(found === null ? [] : [{ kind: 'measured' as const, metric, ...found }]),
      ...(expected === null ? [] : [{ kind: 'expected' as const, metric, ...expected }]),
    ];
  });
}

/** The numbers of ratings that the champion has learned and has not. */
async function learnedAndNew({ store }: Pipeline, { manifest }: ModelRecord) {
  const batches = (await listBatches(store)).filter(({ quarantined }) => !quarantined);
  const { snapshot } = manifest;
  const isLearned = (batchId: number): boolean => snapshot.batches.includes(batchId);
  const sizeOf = (some: typeof batches): number =>
    some.reduce((sum, batch) => sum + batch.new + batch.updated, 0);
  const buffer = batches.filter(({ batchId }) => !isLearned(batchId));
  // Without a refit, the champion has not learned its holdout.
  const heldBack = Math.max(
    0,
    sizeOf(batches.filter(({ batchId }) => isLearned(batchId))) - snapshot.ratings,
  );
  const unlearned = manifest.judged === undefined ? heldBack : 0;
  return {
    learned: snapshot.ratings,
    total: snapshot.ratings + unlearned + sizeOf(buffer),
    newBeforeNewest: (newest: number): number =>
      unlearned + sizeOf(buffer.filter(({ batchId }) => batchId < newest)),
  };
}

/**
 * The version of a model that was fitted to exactly these ratings, so that it need not be fitted again; null when there is
 * none. Movies without ratings that were added since are unknown to it.
 *
 * @param ratings ordered by user and movie.
 */
function fittedVersion(models: readonly ModelRecord[], ratings: Ratings): number | null {
  const sameSize = models.filter(({ manifest }) => manifest.snapshot.ratings === ratings.length);
  if (sameSize.length === 0) return null;
  const digest = snapshotDigest(ratings);
  return sameSize.find(({ manifest }) => manifest.snapshot.sha256 === digest)?.version ?? null;
}

interface Wanted {
  readonly newestBatchId: number;
  /** Number of all ratings. */
  readonly total: number;
  /** Ratings before the newest batch that the champion has not learned. */
  readonly learnedBefore: number;
  readonly isCurveKnown: boolean;
  readonly needsMeasured: boolean;
  /** Points of the learning curve that are missing beside that of the newest batch. */
  readonly missingPoints: number;
}

async function fitAndCompare(
  pipeline: Pipeline,
  champion: ModelRecord,
  { newestBatchId, total, learnedBefore, isCurveKnown, needsMeasured, missingPoints }: Wanted,
): Promise<readonly Pick<GainRecord, 'kind' | 'timeWindow' | 'newShare' | 'gain'>[]> {
  const { config, store, forge } = pipeline;
  const { confidence } = config.gate;
  const batches = await listBatches(store);
  const idsOf = (isIn: (batchId: number) => boolean): readonly number[] =>
    batches.map(({ batchId }) => batchId).filter(isIn);
  const userShare = userShareOf(total, config.retraining);
  const read = (batchIds: readonly number[]) => readStoredRatings(store, { batchIds, userShare });
  const known = sortByTime(await read(idsOf((id) => id < newestBatchId)));
  const batch = await read([newestBatchId]);
  if (known.length === 0 || batch.length === 0) return [];
  const movies = await readStoredMovies(store);
  const algorithm = algorithmNamed(config.train.algorithm);
  const { hyperParameters, seed } = config.train;
  const releases = new Map<number, Promise<Model>>();
  const releasedModel = (version: number): Promise<Model> => {
    const reading =
      releases.get(version) ?? loadReleasedPackage(pipeline, version).then(({ model }) => model);
    releases.set(version, reading);
    return reading;
  };
  const candidates = (await listModels(store)).filter(({ manifest }) => isFittedAs(manifest, config.train));
  const trainOn = async (ratings: Ratings): Promise<Model> => {
    const sorted = sortByUser(ratings);
    const fit = { hyperParameters, seed, movies, onProgress: pipeline.onProgress };
    const version = fittedVersion(candidates, sorted);
    return version !== null && (await forge.releases.get(tagOf(version))) !== null
      ? releasedModel(version)
      : algorithm.fit(sorted, fit);
  };
  const released = async (): Promise<Model> =>
    userShare === 1
      ? releasedModel(champion.version)
      : trainOn(await read(champion.manifest.snapshot.batches));

  const found: Pick<GainRecord, 'kind' | 'timeWindow' | 'newShare' | 'gain'>[] = [];
  // When the champion has learned exactly these ratings, it is the model of them.
  const challenger = needsMeasured ? await trainOn(known) : await released();
  let score = scorerOf(known, batch, config.evaluate);
  let newest = score(challenger);
  if (needsMeasured) {
    found.push({
      kind: 'measured',
      timeWindow: 0,
      newShare: learnedBefore / champion.manifest.snapshot.ratings,
      gain: gainBetween(score(await released()), newest, batch, confidence),
    });
  }
  if (isCurveKnown) return found;
  let scored = batch;
  for (let timeWindow = 0; ; timeWindow++) {
    const end = known.length - timeWindow * batch.length;
    const start = end - batch.length;
    // A model of less than half of the ratings says little about the next ones.
    if (start * 2 < known.length) break;
    const older = await trainOn(sliceRatings(known, 0, start));
    const gain = gainBetween(score(older), newest, scored, confidence);
    found.push({ kind: 'curve', timeWindow, newShare: batch.length / start, gain });
    if (timeWindow >= missingPoints) break;
    scored = sliceRatings(known, start, end);
    score = scorerOf(sliceRatings(known, 0, start), scored, config.evaluate);
    newest = score(older);
  }
  return found;
}
