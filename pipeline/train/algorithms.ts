import { OperatorError } from '../lib/errors.ts';
import type { Algorithm } from './algorithm.ts';
import { bias } from './bias.ts';
import { popularity } from './popularity.ts';
import { sgdMf } from './sgd-mf.ts';
import { vbMf } from './vb-mf/vb-mf.ts';

const ALGORITHMS: readonly Algorithm[] = [vbMf, sgdMf, bias, popularity];

/** The names of all algorithms, the default first. */
export const ALGORITHM_NAMES: readonly string[] = ALGORITHMS.map(({ name }) => name);

/** @throws OperatorError `usage` for a name that is not one of `ALGORITHM_NAMES`. */
export function algorithmNamed(name: string): Algorithm {
  const found = ALGORITHMS.find((algorithm) => algorithm.name === name);
  if (found !== undefined) return found;
  throw new OperatorError(
    'usage',
    `There is no algorithm ${name}.`,
    `Choose one of ${ALGORITHM_NAMES.join(', ')}.`,
  );
}
