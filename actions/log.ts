import { info } from '@actions/core';
import type { OnProgress } from '../pipeline/lib/progress.ts';
import { formatCount } from '../pipeline/reports/numbers.ts';

const INTERVAL_MS = 5_000;

/** Progress as plain lines of the log, one every few seconds. */
export function progressLog(now: () => number): OnProgress {
  let last = Number.NEGATIVE_INFINITY;
  let lastStage = '';
  return ({ stage, done, total, unit }) => {
    if (stage === lastStage && now() - last < INTERVAL_MS) return;
    last = now();
    lastStage = stage;
    const counts =
      total === null
        ? done === 0
          ? ''
          : `  ${formatCount(done)} ${unit}`
        : `  ${formatCount(done)} of ${formatCount(total)} ${unit}`;
    info(`${stage}${counts}`);
  };
}
