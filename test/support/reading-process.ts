import { OperatorError } from '../../pipeline/lib/errors.ts';
import { readSource } from '../../pipeline/source/read-source.ts';

/** Reads the source that the first argument names, and prints its number of ratings, or the code and text of its error. */
try {
  const { raw } = await readSource(process.argv[2] ?? '');
  console.log(JSON.stringify({ ratings: raw.length }));
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
