import type { Forge } from '../../forge/forge.ts';
import type { Model } from '../../model/model.ts';
import { fetchReleasedPackage } from '../champion/released-package.ts';
import type { TrainingSet } from './export-training.ts';

/**
 * The champion that a model is judged against. Its model file must be the one that the database named when the training
 * set was exported. Needs no database.
 *
 * @returns null for the first model.
 * @throws OperatorError `forge-missing` or `model-invalid`.
 */
export async function readParent(
  forge: Forge,
  { parent, parentSha256 }: Pick<TrainingSet, 'parent' | 'parentSha256'>,
): Promise<Model | null> {
  if (parent === null) return null;
  return (await fetchReleasedPackage(forge, parent, parentSha256)).model;
}
