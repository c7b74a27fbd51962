import type { Tensor } from '../lib/safetensors.ts';
import type { Heads } from './heads.ts';
import type { Model } from './model.ts';

/** A model that can be encoded. It predicts from the same arrays that are encoded. */
export interface TrainedModel extends Model {
  readonly heads: Heads;
  /** All numbers of the model, by tensor name. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}
