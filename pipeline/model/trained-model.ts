import type { Tensor } from '../lib/safetensors.ts';
import type { Heads } from './compose-model.ts';
import type { Model } from './model.ts';

/** A model that can be written down. It predicts from the very arrays that are written. */
export interface TrainedModel extends Model {
  readonly heads: Heads;
  /** Every number of the model, by the name it has in the file. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}
