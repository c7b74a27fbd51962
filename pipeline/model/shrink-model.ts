import { OperatorError } from '../lib/errors.ts';
import { decodeTensors, encodeTensors, type Tensor, type TensorData } from '../lib/safetensors.ts';
import { topN } from '../math/top-n.ts';

export interface Shrinking {
  /** `half` keeps factors and variances in half precision, which moves predictions by some thousandths of a star. */
  readonly precision: 'single' | 'half';
  /** How many movies are kept, those with the most ratings; all when null. */
  readonly movies: number | null;
}

/** Tensors with a row for each movie. */
const BY_MOVIE = new Set([
  'movie_ids',
  'movie_offsets',
  'movie_counts',
  'movie_factors',
  'movie_variances',
  'fold_in_evidence',
  'ranking_movie_factors',
]);
/** Sums over all movies: small, and too large for half precision. */
const KEPT_EXACT = 'ranking_base';
/** Tensors that say by their content which movies there are. */
const BY_CONTENT = 'ranking_movie_rows';

/**
 * Makes a model file smaller. A file that is left as it is, is returned as it is.
 *
 * @param name what the bytes are, for the error.
 * @throws OperatorError `model-invalid` for bytes that are no model file, `config-invalid` when movies shall be
 * left out of a model that weighs every movie against every other.
 */
export function shrinkModel(bytes: Uint8Array, { precision, movies }: Shrinking, name: string): Uint8Array {
  const { tensors, metadata } = decodeTensors(bytes, name);
  const counts = tensors.get('movie_counts')?.data ?? new Int32Array(0);
  const isSmaller = movies !== null && movies < counts.length;
  if (precision === 'single' && !isSmaller) return bytes;
  if (isSmaller && tensors.has(BY_CONTENT)) {
    throw new OperatorError(
      'config-invalid',
      `serve.movies is ${movies}, but a model of ${metadata['algorithm']} cannot leave movies out.`,
      'Set serve.movies to null, or serve.precision to half; or train another algorithm.',
    );
  }
  const kept = isSmaller ? topN(Float32Array.from(counts), movies).sort() : null;
  const shrunk = [...tensors].map(([tensorName, tensor]): [string, Tensor] => {
    const part = kept !== null && BY_MOVIE.has(tensorName) ? rowsOf(tensor, kept) : tensor;
    return [
      tensorName,
      { ...part, half: precision === 'half' && part.shape.length === 2 && tensorName !== KEPT_EXACT },
    ];
  });
  return encodeTensors(Object.fromEntries(shrunk), metadata);
}

function rowsOf({ shape, data }: Tensor, rows: Int32Array): Tensor {
  const [, ...rest] = shape;
  const width = rest.reduce((size, length) => size * length, 1);
  const part = new (data.constructor as new (length: number) => TensorData)(rows.length * width);
  for (const [at, row] of rows.entries()) part.set(data.subarray(row * width, (row + 1) * width), at * width);
  return { shape: [rows.length, ...rest], data: part };
}
