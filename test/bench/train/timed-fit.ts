import { median } from 'simple-statistics';
import type { TrainedModel } from '../../../pipeline/model/compose-model.ts';
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
  /** Seconds of each pass of the first head, except for the last, whose end is not reported. */
  readonly passes: readonly number[];
  /** Consecutive stages, `seconds` in total: the time before the first pass, then each head from its first pass. */
  readonly stages: readonly { readonly stage: string; readonly seconds: number }[];
}

export const SEED = 1;

/** Trains as CineMatch does, and measures the times between progress reports. */
export async function timedFit(
  ratings: Ratings,
  { algorithm, hyperParameters, threads }: FitOrder,
): Promise<TimedFit> {
  const reports: { readonly stage: string; readonly at: number }[] = [];
  const { fit: train } = algorithmNamed(algorithm);
  const started = performance.now();
  const model = await train(ratings, {
    hyperParameters,
    threads,
    seed: SEED,
    onProgress: ({ stage }) => reports.push({ stage, at: performance.now() }),
  });
  const ended = performance.now();
  const starts = [
    { stage: 'laying out', at: started },
    ...reports.filter(({ stage }, report) => stage !== reports[report - 1]?.stage),
  ];
  const ofFirst = reports.filter(({ stage }) => stage === reports[0]?.stage);
  return {
    model,
    seconds: (ended - started) / 1000,
    passes: ofFirst.slice(1).map(({ at }, pass) => (at - (ofFirst[pass]?.at ?? at)) / 1000),
    stages: starts.map(({ stage, at }, index) => ({
      stage,
      seconds: ((starts[index + 1]?.at ?? ended) - at) / 1000,
    })),
  };
}

/** Seconds of a pass: the median of those after the first, in which threads are still starting. */
export function secondsOfPass({ passes }: TimedFit): number {
  return median(passes.slice(1));
}
