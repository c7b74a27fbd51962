import type { RequestReason } from '../lib/training-reason.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface RetrainingDecision {
  readonly decision: 'retrain' | 'wait';
  /** Why to train; null while waiting. */
  readonly reason: RequestReason | null;
  /** The gain in RMSE that is expected of the training, relative; null when it is unknown. */
  readonly expectedGain: number | null;
  /** One phrase for each condition that decided, with its numbers. */
  readonly reasons: readonly string[];
}

/** A gain of retraining, measured on the newest batch or expected of what it will bring. */
export interface RetrainingGain {
  readonly kind: 'measured' | 'expected';
  /** `RMSE` */
  readonly metric: string;
  /** Relative, positive when a retrained model is better. */
  readonly gain: number;
  /** Null when the uncertainty is unknown. */
  readonly interval: readonly [number, number] | null;
}

export interface RetrainingSettings {
  readonly minGain: number;
  readonly minBufferShare: number;
  readonly maxBufferShare: number;
  readonly maxAgeDays: number;
  readonly coolDown: { readonly trainings: number; readonly checks: number };
  readonly minAlerts: number;
  readonly alertWindowHours: number;
}

/**
 * Decides whether to train now. A gain worth having, drift, or the age of the champion is a reason. Few new ratings or
 * the cool-down prevent it. An erased user whom the champion has learned is a reason with any new rating, because a
 * training needs new ones to judge the model by.
 *
 * @param input.alerts the open alerts; those older than the alert window are not counted.
 * @param input.newRatings number of ratings that the champion was not trained on.
 * @param input.trainedRatings number of ratings that it was trained on.
 * @param input.trainedAt when it was trained.
 * @param input.recentTrainings trainings among the newest batches that were checked before this one:
 * `coolDown.checks − 1` of them.
 * @param input.gains the measured and expected gains, as far as they are known.
 * @param input.erasedUsers users who were erased after the champion had learned their ratings; 0 where they are no reason.
 * @param input.unknownGain why there are none, inside a sentence; null when there are or the reason is not told.
 */
export function decideRetraining(
  input: Parameters<typeof decideRoutine>[0] & { readonly erasedUsers: number },
  settings: RetrainingSettings,
): RetrainingDecision {
  const { erasedUsers, newRatings } = input;
  const routine = decideRoutine(input, settings);
  if (erasedUsers === 0) return routine;
  const found = `${count(erasedUsers)} ${erasedUsers === 1 ? 'user was' : 'users were'} erased whom the champion has learned`;
  const reasons = [found, ...routine.reasons];
  if (routine.decision === 'retrain' || newRatings === 0) return { ...routine, reasons };
  return { ...routine, decision: 'retrain', reason: 'erasure', reasons };
}

/** The decision without erasures. */
function decideRoutine(
  input: {
    readonly alerts: readonly { readonly raisedAt: Date }[];
    readonly newRatings: number;
    readonly trainedRatings: number;
    readonly trainedAt: Date;
    readonly recentTrainings: number;
    readonly gains: readonly RetrainingGain[];
    readonly unknownGain: string | null;
    readonly now: Date;
  },
  settings: RetrainingSettings,
): RetrainingDecision {
  const { gains, unknownGain, now } = input;
  const { minGain, minBufferShare, maxBufferShare, maxAgeDays, minAlerts, alertWindowHours } = settings;
  const since = now.getTime() - alertWindowHours * HOUR;
  const alerts = input.alerts.filter(({ raisedAt }) => raisedAt.getTime() >= since).length;
  const newShare = input.newRatings / input.trainedRatings;
  const age = (now.getTime() - input.trainedAt.getTime()) / DAY;
  const worthwhile = gains.filter((gain) => isWorthwhile(gain, minGain));
  const [reason, because] =
    alerts >= minAlerts
      ? (['drift', []] as const)
      : worthwhile.length > 0
        ? (['gain', []] as const)
        : age >= maxAgeDays
          ? ([
              'age',
              [`the champion is ${count(Math.floor(age))} days old (the limit is ${count(maxAgeDays)})`],
            ] as const)
          : newShare >= maxBufferShare
            ? ([
                'age',
                [
                  `${percent(newShare)} as many new ratings as it was trained on (the limit is ${percent(maxBufferShare)})`,
                ],
              ] as const)
            : ([null, []] as const);
  const found = [
    ...shownGains(gains, worthwhile).map((gain) => gainText(gain, minGain)),
    `${count(alerts)} ${alerts === 1 ? 'alert' : 'alerts'} in the last ${count(alertWindowHours)} h (needs ${count(minAlerts)})`,
    ...(gains.length === 0 && unknownGain !== null
      ? [`the gain of retraining is unknown: ${unknownGain}`]
      : []),
    ...because,
  ];
  const expected = gains.filter(({ metric }) => metric === gains[0]?.metric);
  const expectedGain = expected.length === 0 ? null : Math.max(...expected.map(({ gain }) => gain));
  const wait = (reasons: readonly string[]): RetrainingDecision => ({
    decision: 'wait',
    reason: null,
    expectedGain,
    reasons,
  });
  if (reason === null) return wait(found);
  if (newShare < minBufferShare) {
    return wait([
      `${count(input.newRatings)} new ratings are ${percent(newShare)} of those the champion was trained on (needs ${percent(minBufferShare)})`,
      ...found,
    ]);
  }
  const { trainings, checks } = settings.coolDown;
  if (input.recentTrainings >= trainings) {
    return wait([
      `cool-down: ${count(input.recentTrainings)} trainings in the last ${count(checks - 1)} checked batches (at most ${count(trainings)} in ${count(checks)})`,
      ...found,
    ]);
  }
  return { decision: 'retrain', reason, expectedGain, reasons: found };
}

/** The gains in the first metric, or the worthwhile ones if these are only in another. */
function shownGains(
  gains: readonly RetrainingGain[],
  worthwhile: readonly RetrainingGain[],
): readonly RetrainingGain[] {
  const isFirst = ({ metric }: RetrainingGain): boolean => metric === gains[0]?.metric;
  return worthwhile.length > 0 && !worthwhile.some(isFirst) ? worthwhile : gains.filter(isFirst);
}

/** Whether a gain is worth a training: at least `minGain`, with an interval above 0. */
export function isWorthwhile(
  { gain, interval }: Pick<RetrainingGain, 'gain' | 'interval'>,
  minGain: number,
): boolean {
  return gain >= minGain && interval !== null && interval[0] > 0;
}

/** The number of new ratings below which nothing is trained. */
export function leastNewRatings(
  trainedRatings: number,
  { minBufferShare }: Pick<RetrainingSettings, 'minBufferShare'>,
): number {
  return Math.ceil(minBufferShare * trainedRatings);
}

function gainText({ kind, metric, gain, interval }: RetrainingGain, minGain: number): string {
  const range = interval === null ? '' : ` [${percent(interval[0])} to ${percent(interval[1])}]`;
  const text = `${metric} ${percent(gain)} better${range}`;
  return kind === 'measured'
    ? `a model retrained before the newest batch predicts it with ${text} (needs ${percent(minGain)})`
    : `retraining now is expected to make ${text} (needs ${percent(minGain)})`;
}

const count = (value: number): string => value.toLocaleString('en-US');
const percent = (share: number): string => `${(100 * share).toFixed(1).replace('-', '−')}%`;
