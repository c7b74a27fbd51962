import { incompleteBeta } from '../../math/incomplete-beta.ts';
import { formatChange, formatCount, formatNumber, formatPercent } from '../../reports/numbers.ts';
import type { Calibration, DriftTrial, GainTrial, PolicyResult, Power } from './calibrate.ts';

/** A change of a setting that a measured figure supports. */
export interface ProposedSetting {
  readonly path: readonly string[];
  readonly from: unknown;
  readonly to: unknown;
  /** The figures, as one sentence. */
  readonly reason: string;
}

/** How much worse than retraining at every batch a policy may serve. */
export const WITHIN = { rmse: 0.005, ndcgAt10: 0.02 } as const;

/** A difference in power with a larger p-value may be chance. */
const ERROR_RATE = 0.05;

/** The settings to change, with the figure that supports each. Empty when no other setting that was tried is better. */
export function proposeSettings(found: Calibration): readonly ProposedSetting[] {
  return [...driftProposal(found), ...gainProposal(found)];
}

/**
 * Other thresholds or another preset, when they raise no more alarms on untouched batches and find significantly more
 * planted changes, or raise fewer alarms and find no fewer. Of several, those that find most.
 */
function driftProposal({ driftTrials, batches, configured }: Calibration): readonly ProposedSetting[] {
  const own = driftTrials.find(({ isConfigured }) => isConfigured) as DriftTrial;
  const [best] = driftTrials
    .filter(
      (trial) =>
        (trial.alarms <= own.alarms && isMorePowerful(trial.power, own.power)) ||
        (trial.alarms < own.alarms && countFound(trial.power) >= countFound(own.power)),
    )
    .sort((a, b) => countFound(b.power) - countFound(a.power) || a.alarms - b.alarms);
  if (best === undefined) return [];
  const planted = countPlanted(own.power);
  const reason = `finds ${formatCount(countFound(best.power))} of ${formatCount(planted)} planted changes instead of ${formatCount(countFound(own.power))}, with ${formatCount(best.alarms)} alarms on ${formatCount(batches)} untouched batches instead of ${formatCount(own.alarms)}`;
  const { drift } = configured;
  const thresholds = Object.entries(best.drift[best.preset].thresholds).flatMap(([name, to]) => {
    const from: Readonly<Record<string, number>> = drift[best.preset].thresholds;
    const path = ['drift', best.preset, 'thresholds', name];
    return from[name] === to ? [] : [{ path, from: from[name], to, reason }];
  });
  return [
    ...(best.preset === drift.preset
      ? []
      : [{ path: ['drift', 'preset'], from: drift.preset, to: best.preset, reason }]),
    ...thresholds,
  ];
}

/**
 * Another smallest gain: the one with the fewest trainings that serves nearly as well as retraining at every batch. When
 * none does, the one that serves better than the configured one beyond chance.
 */
function gainProposal({ gainTrials, policies, configured }: Calibration): readonly ProposedSetting[] {
  const own = gainTrials.find(({ factor }) => factor === 1) as GainTrial;
  const { everyWeek } = policies;
  const near = gainTrials.filter((trial) => isNear(trial, everyWeek));
  const better = gainTrials.filter(({ overConfigured: { rmse } }) => (rmse?.interval?.[0] ?? 0) > 0);
  const [best] =
    near.length > 0
      ? near.sort((a, b) => a.trainings - b.trainings || Number(b === own) - Number(a === own))
      : better.sort((a, b) => a.rmse - b.rmse);
  if (best === undefined || best === own) return [];
  const { interval = null } = best.overConfigured.rmse ?? {};
  const paired =
    interval === null
      ? ''
      : `, ${formatChange(interval[0])} to ${formatChange(interval[1])} better in pairs of users`;
  return [
    {
      path: ['retraining', 'minGain'],
      from: configured.retraining.minGain,
      to: best.minGain,
      reason: `serves RMSE ${formatNumber(best.rmse)} with ${formatCount(best.trainings)} trainings instead of ${formatNumber(own.rmse)} with ${formatCount(own.trainings)}${paired}; retraining at every batch serves ${formatNumber(everyWeek.rmse)} (${formatPercent(WITHIN.rmse)} more is accepted)`,
    },
  ];
}

const isNear = ({ rmse, ndcgAt10 }: PolicyResult, every: PolicyResult): boolean =>
  rmse <= every.rmse * (1 + WITHIN.rmse) &&
  (every.ndcgAt10 === null || (ndcgAt10 ?? 0) >= every.ndcgAt10 * (1 - WITHIN.ndcgAt10));

export const countFound = (power: readonly Power[]): number =>
  power.reduce((total, { found }) => total + found.filter(Boolean).length, 0);

export const countPlanted = (power: readonly Power[]): number =>
  power.reduce((total, { found }) => total + found.length, 0);

/**
 * Whether one finds more of the same changes than another, by the exact test of the pairs that they do not agree on (Q.
 * McNemar (1947), Psychometrika 12, 153–157; one-sided).
 */
function isMorePowerful(some: readonly Power[], others: readonly Power[]): boolean {
  let [more, fewer] = [0, 0];
  some.forEach(({ found }, plant) => {
    found.forEach((isFound, week) => {
      const other = others[plant]?.found[week] as boolean;
      if (isFound && !other) more++;
      if (!isFound && other) fewer++;
    });
  });
  // P(X ≥ k) of a binomial variable with n trials and p = 1/2 is I_½(k, n − k + 1).
  return more > fewer && incompleteBeta(more, fewer + 1, 0.5, 0.5) <= ERROR_RATE;
}

/**
 * The proposed settings as a diff of the configuration: nested as in the file, with the value that is in effect, the
 * proposed one and its reason. A reason that several settings in a row share is written once.
 */
export function proposalDiff(proposed: readonly ProposedSetting[]): readonly string[] {
  if (proposed.length === 0) return [];
  const lines: string[] = ['--- cinematch.config.ts', '+++ cinematch.config.ts'];
  let open: readonly string[] = [];
  let written = '';
  const indent = (depth: number): string => '  '.repeat(depth + 1);
  const closeTo = (depth: number): void => {
    for (; open.length > depth; open = open.slice(0, -1)) lines.push(` ${indent(open.length - 1)}},`);
  };
  for (const { path, from, to, reason } of proposed) {
    const groups = path.slice(0, -1);
    let shared = 0;
    while (shared < groups.length && groups[shared] === open[shared]) shared++;
    closeTo(shared);
    for (const name of groups.slice(shared)) {
      lines.push(` ${indent(open.length)}${name}: {`);
      open = [...open, name];
    }
    if (reason !== written) lines.push(`+${indent(open.length)}// ${reason}`);
    written = reason;
    const line = (value: unknown): string =>
      `${indent(open.length)}${path.at(-1)}: ${typeof value === 'string' ? `'${value}'` : String(value)},`;
    lines.push(`-${line(from)}`, `+${line(to)}`);
  }
  closeTo(0);
  return lines;
}
