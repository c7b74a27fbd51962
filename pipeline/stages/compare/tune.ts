import type { OnProgress } from '../../lib/progress.ts';
import { runTrial, type Search } from './run-trial.ts';
import { readTrials, type TrialResult, writeTrial } from './trial-files.ts';

export interface TuneOptions {
  /** The folder of the results, also of earlier runs of the same search. */
  readonly folder: string;
  /** The numbers of the trials to run. */
  readonly trials: readonly number[];
  /** Called before the first trial with the results that already exist. */
  readonly onFound?: (found: readonly TrialResult[]) => void;
  /** Called when the file of a trial is written. */
  readonly onTrial?: (result: TrialResult) => void;
  /** Returns the progress callback of a trial. */
  readonly progressOf?: (trial: number) => OnProgress;
}

/**
 * Runs the trials whose results are not in the folder yet, one after the other, and returns the results of all
 * requested trials. Running it again continues an interrupted search.
 *
 * @throws OperatorError `artifact-invalid` and `state-conflict` as `readTrials` does, before the first trial.
 */
export async function tune(
  search: Search,
  { folder, trials, onFound, onTrial, progressOf }: TuneOptions,
): Promise<readonly TrialResult[]> {
  const before = new Map((await readTrials(folder, search.description)).map((each) => [each.trial, each]));
  const found = trials.flatMap((trial) => before.get(trial) ?? []);
  onFound?.(found);
  const results = [...found];
  for (const trial of trials) {
    if (before.has(trial)) continue;
    const result = await runTrial(search, trial, progressOf?.(trial));
    await writeTrial(folder, result);
    results.push(result);
    onTrial?.(result);
  }
  return results.sort((a, b) => a.trial - b.trial);
}
