import type { Config } from '../../config.ts';
import type { Manifest } from '../../model/manifest.ts';
import { algorithmNamed } from '../../train/algorithms.ts';
import { defaultsOf, withTodaysNames } from '../../train/hyper-parameters.ts';

/** Whether a model was fitted with the algorithm, the hyper-parameters and the seed that the configuration has now. */
export function isFittedAs(
  manifest: Pick<Manifest, 'algorithm' | 'hyperParameters' | 'seed'>,
  { algorithm, hyperParameters, seed }: Config['train'],
): boolean {
  if (manifest.algorithm !== algorithm || manifest.seed !== seed) return false;
  const wanted: Readonly<Record<string, number>> = {
    ...defaultsOf(algorithmNamed(algorithm).hyperParameters),
    ...hyperParameters,
  };
  const used = withTodaysNames(manifest.hyperParameters);
  return Object.keys({ ...wanted, ...used }).every((name) => wanted[name] === used[name]);
}
