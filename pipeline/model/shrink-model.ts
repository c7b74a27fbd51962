import { OperatorError } from '../lib/errors.ts';
import { decodeTensors, encodeTensors, type Tensor, type TensorData } from '../lib/safetensors.ts';
import { topN } from '../math/top-n.ts';

export interface ShrinkOptions {
  /** `half` stores factors and variances in half precision. Predictions change by some thousandths of a star. */
  readonly precision: 'single' | 'half';
  /** Keeps so many movies, those with the most ratings. Null keeps all. */
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
/** Sums over all movies. Their values are too large for half precision. */
const SINGLE_ONLY = 'ranking_base';
/** A tensor whose content is movie rows. */
const MOVIE_ROWS = 'ranking_movie_rows';

/**
 * Makes a model file smaller. Returns the same bytes when there is nothing to do.
 *
 * @param name what the bytes are, for the error.
 * @throws OperatorError `model-invalid` for bytes that are not a model file, `config-invalid` when movies cannot be
 * left out of a model of this kind.
 */
export function shrinkModel(
  bytes: Uint8Array,
  { precision, movies }: ShrinkOptions,
  name: string,
): Uint8Array {
  const { tensors, metadata } = decodeTensors(bytes, name);
  const counts = tensors.get('movie_counts')?.data ?? new Int32Array(0);
  const isSmaller = movies !== null && movies < counts.length;
  if (precision === 'single' && !isSmaller) return bytes;
  if (isSmaller && tensors.has(MOVIE_ROWS)) {
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
      { ...part, half: precision === 'half' && part.shape.length === 2 && tensorName !== SINGLE_ONLY },
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
