import type { Config } from '../config.ts';
import { formatValue, type SettingPath, type SettingProblem } from '../lib/setting-problem.ts';
import { valueAt } from './schema-node.ts';

/** Settings that are each valid and must also agree. */
export interface Agreement {
  /** All settings that it compares. A message about a contradiction names the first one. */
  readonly settings: readonly string[];
  /** What must be true, and why. */
  readonly meaning: string;
  /** Describes the values that the first setting may have; null when the settings agree. */
  readonly accepted: (config: Config) => string | null;
}

export const AGREEMENTS: readonly Agreement[] = [
  {
    settings: ['retraining.alertWindowHours', 'retraining.minAlerts', 'watchdog.ingestHours'],
    meaning:
      'A batch raises at most one alert, and `watchdog.ingestHours` may pass between two batches. The alert window must be long enough for `minAlerts` batches.',
    accepted: ({ retraining, watchdog }) =>
      atLeast(
        retraining.alertWindowHours,
        (retraining.minAlerts - 1) * watchdog.ingestHours,
        `${retraining.minAlerts} batches can take that long when watchdog.ingestHours is ${watchdog.ingestHours}`,
      ),
  },
  {
    settings: ['retraining.retryAfterHours', 'retraining.alertWindowHours'],
    meaning:
      'When a requested training gave no result, the alerts must still count at the time of the next request.',
    accepted: ({ retraining: { retryAfterHours, alertWindowHours } }) =>
      retryAfterHours < alertWindowHours
        ? null
        : `less than ${alertWindowHours}, because the alerts of the first request do not count after retraining.alertWindowHours`,
  },
  {
    settings: ['retraining.coolDown.checks', 'retraining.coolDown.trainings'],
    meaning: 'Each checked batch leads to one training at most.',
    accepted: ({ retraining: { coolDown } }) =>
      atLeast(
        coolDown.checks,
        coolDown.trainings,
        `each checked batch leads to one training at most, and retraining.coolDown.trainings is ${coolDown.trainings}`,
      ),
  },
  {
    settings: ['retraining.maxBufferShare', 'retraining.minBufferShare'],
    meaning: 'A training that is due because of its new ratings must have enough of them.',
    accepted: ({ retraining }) =>
      atLeast(
        retraining.maxBufferShare,
        retraining.minBufferShare,
        `with fewer new ratings than retraining.minBufferShare nothing is trained`,
      ),
  },
  {
    settings: ['gate.resamples', 'gate.confidence'],
    meaning: 'At least one resample must lie outside the confidence interval at each end.',
    accepted: ({ gate: { resamples, confidence } }) =>
      atLeast(
        resamples,
        Math.ceil(Number((2 / (1 - confidence)).toFixed(6))),
        `gate.confidence is ${confidence}`,
      ),
  },
  {
    settings: ['batches'],
    meaning: 'At most one source is a simulation: two would mix different users that have the same ids.',
    accepted: ({ batches }) =>
      batches.filter(({ kind }) => kind === 'simulation').length > 1
        ? 'a list with at most one simulation, because two would mix users that have the same ids'
        : null,
  },
  ...(['readOrigins', 'writeOrigins'] as const).map(
    (name): Agreement => ({
      settings: [`serve.${name}`],
      meaning: 'When one of the origins is `*`, it is the only one.',
      accepted: ({ serve: { [name]: origins } }) =>
        origins.includes('*') && origins.length > 1
          ? 'either * alone or single origins, because * allows every origin'
          : null,
    }),
  ),
];

const atLeast = (value: number, least: number, because: string): string | null =>
  value >= least ? null : `at least ${least}, because ${because}`;

/** @param hasProblem whether a setting is wrong by itself. Its agreements are then not checked. */
export function contradictions(
  config: Config,
  hasProblem: (path: SettingPath) => boolean,
): readonly SettingProblem[] {
  return AGREEMENTS.flatMap(({ settings, accepted }) => {
    const paths = settings.map((setting) => setting.split('.'));
    const [path] = paths;
    const wanted = paths.some(hasProblem) ? null : accepted(config);
    if (path === undefined || wanted === null) return [];
    return [{ path, seen: formatValue(valueAt(config, path)), accepted: wanted, nearest: null }];
  });
}
