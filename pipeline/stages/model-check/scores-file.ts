import { lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { OperatorError } from '../../lib/errors.ts';
import { replaceFolder } from '../../lib/replace-folder.ts';
import { decodeTensors, encodeTensors, type Tensor } from '../../lib/safetensors.ts';
import { describedScoresSchema, type Scores } from './scores.ts';
import { SCORES_TENSORS, scoresOf, tensorsOf } from './scores-tensors.ts';
import { readJson } from './untrusted-json.ts';

const JSON_FILE = 'scores.json';
const TENSOR_FILE = 'scores.safetensors';
/** Version of both files. Another number means another version of the code. */
const FORMAT = 2;
const MAX_JSON_BYTES = 1_000_000;
const MAX_TENSOR_BYTES = 19_000_000;

const schema = describedScoresSchema.extend({ format: z.literal(FORMAT) });

/** Writes scores as a folder of two files, `scores.json` and `scores.safetensors`. */
export async function writeScores(directory: string, scores: Scores): Promise<void> {
  const { data, model, fitSeconds, modelBytes, personas } = scores;
  const content = { format: FORMAT, data, model, fitSeconds, modelBytes, personas };
  await replaceFolder(directory, async (unfinished) => {
    await writeFile(join(unfinished, JSON_FILE), `${JSON.stringify(content, null, 2)}\n`);
    await writeFile(join(unfinished, TENSOR_FILE), encodeTensors(tensorsOf(scores)));
  });
}

/**
 * Reads scores from untrusted code, such as that of a pull request. Checks sizes, shapes, ranges and consistency,
 * and removes control characters from text.
 *
 * @throws OperatorError `artifact-invalid` that names the file and the field.
 */
export async function readScores(directory: string): Promise<Scores> {
  const jsonPath = join(directory, JSON_FILE);
  const { format: _, ...rest } = await readJsonFile(jsonPath, schema);
  const tensorPath = join(directory, TENSOR_FILE);
  const numbers = scoresOf(await readTensors(tensorPath), rest.data, (problem) => {
    throw refusal(tensorPath, problem);
  });
  return { ...rest, ...numbers };
}

/**
 * Reads the scores of a base. Null when there are none or they have another format, because another version of the
 * code wrote them.
 *
 * @throws OperatorError `artifact-invalid` when they are damaged.
 */
export async function readBaseScores(directory: string): Promise<Scores | null> {
  const path = join(directory, JSON_FILE);
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return null;
  const { data } = z.object({ format: z.int() }).safeParse(await readJsonFile(path, z.unknown()));
  return data !== undefined && data.format !== FORMAT ? null : readScores(directory);
}

async function readJsonFile<T>(path: string, expected: z.ZodType<T>): Promise<T> {
  const content = await readLimited(path, MAX_JSON_BYTES);
  return readJson(content, expected, (problem) => refusal(path, problem));
}

async function readTensors(path: string): Promise<ReadonlyMap<string, Tensor>> {
  const bytes = await readLimited(path, MAX_TENSOR_BYTES);
  try {
    const { tensors } = decodeTensors(bytes, 'it');
    const stray = [...tensors.keys()].find((name) => !SCORES_TENSORS.includes(name));
    if (stray === undefined) return tensors;
  } catch (cause) {
    throw refusal(path, 'it is not a readable safetensors file', cause);
  }
  throw refusal(path, 'it has an unknown tensor');
}

/** Does not follow links, and does not read files that are too large. */
async function readLimited(path: string, most: number): Promise<Uint8Array> {
  const found = await lstat(path).catch((cause: unknown) => {
    throw refusal(path, 'it cannot be read', cause);
  });
  if (!found.isFile()) throw refusal(path, 'it is not a regular file');
  if (found.size > most) throw refusal(path, `it has ${found.size} bytes, but the limit is ${most}`);
  return readFile(path);
}

function refusal(path: string, problem: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    `${path} cannot be used: ${problem}.`,
    'Score the checkout again: cinematch model-check score --out DIR.',
    { cause },
  );
}
