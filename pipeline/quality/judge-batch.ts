import {
  type BatchProfile,
  isSevere,
  type QualityFinding,
  type QualityKind,
  type QualitySettings,
  type TrainingProfile,
} from './finding.ts';
import type { Found } from './rule.ts';
import { largestUser } from './rules/largest-user.ts';
import { ratingScale } from './rules/rating-scale.ts';
import { ratingStep } from './rules/rating-step.ts';
import { knownRows, rejectedRows } from './rules/rows.ts';
import { batchOrder, earlyTimes, equalTimes, futureTimes } from './rules/times.ts';

type Rule = (
  batch: BatchProfile,
  training: TrainingProfile | null,
  settings: QualitySettings,
) => Found | null;

/** `known-rows` is found when the batch is merged with the stored ratings. */
const RULES: Readonly<Record<Exclude<QualityKind, 'known-rows'>, Rule>> = {
  'rating-scale': ratingScale,
  'rating-step': ratingStep,
  'rejected-rows': rejectedRows,
  'largest-user': largestUser,
  'future-times': futureTimes,
  'early-times': earlyTimes,
  'equal-times': equalTimes,
  'batch-order': batchOrder,
};

/**
 * Holds a batch against what the training data looked like. Nothing is random.
 *
 * @param training null before the first batch: only what needs no comparison is found.
 * @returns the findings in the order of `QUALITY_KINDS`. Ratings on another scale have no other finding, because it
 * would be about the few values that are on both scales.
 */
export function judgeBatch(
  batch: BatchProfile,
  training: TrainingProfile | null,
  settings: QualitySettings,
): readonly QualityFinding[] {
  const findings: QualityFinding[] = [];
  for (const [kind, rule] of Object.entries(RULES) as [keyof typeof RULES, Rule][]) {
    const found = rule(batch, training, settings);
    if (found === null) continue;
    findings.push({ kind, ...found });
    if (kind === 'rating-scale' && isSevere(found)) break;
  }
  return findings;
}

/**
 * Judges how many ratings of a batch the store had before. This is known when the batch is merged.
 *
 * @param known ratings with the same user, movie, value and time.
 * @param usable ratings of the batch.
 */
export function judgeKnownRows(
  known: number,
  usable: number,
  training: TrainingProfile | null,
): readonly QualityFinding[] {
  const found = knownRows(known, usable, training);
  return found === null ? [] : [{ kind: 'known-rows', ...found }];
}
