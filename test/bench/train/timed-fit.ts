import { median } from 'simple-statistics';
import type { TrainedModel } from '../../../pipeline/model/trained-model.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { algorithmNamed } from '../../../pipeline/train/algorithms.ts';

export interface FitOrder {
  readonly algorithm: string;
  readonly hyperParameters: Readonly<Record<string, number>>;
  readonly threads: number;
}

export interface TimedFit {
  readonly model: TrainedModel;
  /** From ratings in memory to a model. */
  readonly seconds: number;
  /** Of each pass over the ratings of the first head, but for the last. */
  readonly passes: readonly number[];
}

export const SEED = 1;

/** Trains as the product does, and takes the times between its reports of progress. */
export async function timedFit(
  ratings: Ratings,
  { algorithm, hyperParameters, threads }: FitOrder,
): Promise<TimedFit> {
  const reports: number[] = [];
  let first: string | null = null;
  const started = performance.now();
  const { fit: train } = algorithmNamed(algorithm);
  const model = await train(ratings, {
    hyperParameters,
    threads,
    seed: SEED,
    onProgress: ({ stage }) => {
      first ??= stage;
      if (stage === first) reports.push(performance.now());
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const passes = reports.slice(1).map((at, pass) => (at - (reports[pass] as number)) / 1000);
  return { model, seconds, passes };
}

/** Seconds of a pass: the median of those after the first, in which threads are still starting. */
export function secondsOfPass({ passes }: TimedFit): number {
  return median(passes.slice(1));
}
