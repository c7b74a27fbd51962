import type { OnProgress } from '../../lib/progress.ts';
import { runTrial, type Search } from './run-trial.ts';
import { readTrials, type TrialResult, writeTrial } from './trial-files.ts';

export interface TuneOptions {
  /** Where the results are, and those of an earlier run of the same search. */
  readonly folder: string;
  /** The numbers of the trials wanted. */
  readonly trials: readonly number[];
  /** Called before the first trial with the results that were there already. */
  readonly onFound?: (found: readonly TrialResult[]) => void;
  /** Called when a trial is in its file. */
  readonly onTrial?: (result: TrialResult) => void;
  /** What the trial of this number reports its progress to. */
  readonly progressOf?: (trial: number) => OnProgress;
}

/**
 * Makes those of the wanted trials whose results are not in the folder yet, one after the other, and gives the
 * results of all that were wanted. A run that was cut off is taken up by running it again.
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
