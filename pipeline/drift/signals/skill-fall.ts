import { total } from '../../math/histogram.ts';
import type { PerformanceSummary } from '../../ratings/performance.ts';
import { type Estimate, ratioOverUsers, ratioSums } from '../estimate.ts';
import { type Measurement, measured, unmeasured } from '../measurement.ts';
import type { NewComparison, SignalMeasure } from './drift-signal.ts';
import type { ErrorRatio } from './parts.ts';

/** A skill score: how much smaller the losses of the champion are than those of a baseline on the same ratings. */
export interface Skill {
  /** Losses of the champion and of the baseline, by user; null where they were not measured. */
  readonly losses: (performance: PerformanceSummary) => ErrorRatio | null;
  /** The largest loss of the champion on all of these ratings. */
  readonly largestLoss: (performance: PerformanceSummary) => number;
  /** The skill from the ratio of losses: 1 for 0, 0 for 1. */
  readonly of: (ratio: number) => number;
  /** The derivative of `of`, squared. */
  readonly slope: (ratio: number) => number;
  /** As in `ratioOverUsers`. */
  readonly counting: 'by size' | 'alike';
  /** Why there is no skill. */
  readonly notes: { readonly unmeasured: string; readonly nothing: string };
}

interface SkillEstimate extends Estimate {
  /** The smallest skill that was possible against this baseline. */
  readonly lowest: number;
  /** Users with a loss of the baseline. */
  readonly users: number;
}

/**
 * The skill on a set of ratings. The variance is that of a ratio over users with the losses of each user as a pair, by
 * the delta method.
 *
 * @returns null when no baseline was measured or it made no loss.
 */
export function skillOf(skill: Skill, performance: PerformanceSummary): SkillEstimate | null {
  const losses = skill.losses(performance);
  if (losses === null) return null;
  const sums = ratioSums(losses.x, losses.n);
  if (sums.n === 0) return null;
  const users = Array.from(losses.n).filter((loss) => loss > 0).length;
  const ratio = ratioOverUsers(users, sums, skill.counting);
  const lowest = skill.of(skill.largestLoss(performance) / sums.n);
  if (ratio.value === 0) return { value: 1, variance: 0, df: ratio.df, lowest, users };
  return {
    value: skill.of(ratio.value),
    variance: ratio.variance * skill.slope(ratio.value),
    df: ratio.df,
    lowest,
    users,
  };
}

/** The fall of a skill of the champion since its holdout. Past windows are not used: the champion was trained on them. */
export function skillFall(skill: Skill): SignalMeasure {
  return { measure: (comparison) => measureFall(skill, comparison), past: null };
}

function measureFall(skill: Skill, { performance: { window, holdout } }: NewComparison): Measurement {
  if (window === null || holdout === null) return unmeasured('No champion was scored.');
  if (window.counts.length === 0) return unmeasured('The champion was scored on no ratings.');
  if (holdout.counts.length === 0) return unmeasured('The champion has no holdout to compare with.');
  const now = skillOf(skill, window);
  const before = skillOf(skill, holdout);
  if (now === null || before === null) {
    const isMissing = [window, holdout].some((performance) => skill.losses(performance) === null);
    return unmeasured(
      isMissing ? skill.notes.unmeasured : skill.notes.nothing,
      now?.value ?? null,
      before?.value ?? null,
    );
  }
  return measured(
    {
      value: now.value,
      reference: before.value,
      effect: before.value - now.value,
      sampling: [now, before],
      isRelative: false,
    },
    [],
    { ratings: total(window.counts), users: Math.min(now.users, before.users) },
    [before.value - 1, before.value - now.lowest],
  );
}
