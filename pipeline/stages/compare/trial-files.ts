import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { marginOf } from '../../evaluate/evaluation.ts';
import { storedMetrics } from '../../evaluate/evaluation-schema.ts';
import { COMPARED_METRICS, LIST_METRICS } from '../../evaluate/metric-names.ts';
import { canonicalJson, sha256 } from '../../lib/digest.ts';
import { OperatorError } from '../../lib/errors.ts';
import { unlessMissing, writeAtomically } from '../../lib/write-atomically.ts';
import { unreadable } from '../../source/locate.ts';
import { drawTrial } from '../../train/search-space.ts';
import { readJson } from '../model-check/untrusted-json.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');
const values = z.record(z.string(), z.number());
const count = z.int().nonnegative();
const part = z.strictObject({ ratings: count, users: count, movies: count, sha256: digest });

/** What all trials of one search have in common, enough to repeat each of them. */
const searchSchema = z.strictObject({
  algorithm: z.string(),
  /** Every hyper-parameter of trial 0. */
  defaults: values,
  /** Those that replace the algorithm's defaults. */
  fixed: values,
  ranges: z.record(
    z.string(),
    z.strictObject({
      from: z.number(),
      to: z.number(),
      scale: z.enum(['linear', 'log']),
      step: z.number().nullable(),
    }),
  ),
  /** Seeds of drawing the trials, of a random split, and of every training: the same for all trials. */
  seeds: z.strictObject({ search: z.int(), split: z.int(), fit: z.int() }),
  data: z.strictObject({
    split: z.enum(['random', 'time']),
    /** Requested share of the ratings in the validation part, 0 to 1. */
    share: z.number(),
    training: part,
    validation: part,
    /** Titles and genres of the movies. */
    movies: z.strictObject({ movies: count, sha256: digest }),
    /** The sample of users that is ranked, and of how many; missing when everyone is ranked. */
    ranked: z.strictObject({ users: count, of: count }).optional(),
  }),
});
export type SearchDescription = z.infer<typeof searchSchema>;

const trialSchema = z.strictObject({
  schema: z.literal(1),
  trial: count,
  /** Every hyper-parameter of this trial. */
  hyperParameters: values,
  /** On the validation part; null where a metric is undefined or the trial failed. */
  metrics: storedMetrics(COMPARED_METRICS),
  /** Of ranking metrics over a sample of the users; missing when everyone is ranked. */
  margins: storedMetrics(LIST_METRICS.map(marginOf)).optional(),
  /** Why the model of these hyper-parameters cannot be measured. */
  failure: z.string().nullable(),
  seconds: z.strictObject({ fit: z.number().nonnegative(), evaluate: z.number().nonnegative() }),
  /** SHA-256 of `search`: two trials can be compared when it is the same. */
  searchSha256: digest,
  search: searchSchema,
});
export type TrialResult = z.infer<typeof trialSchema>;

/** Every hyper-parameter of a trial: the defaults, replaced by the drawn values. */
export function valuesOf(
  { defaults, ranges, seeds }: SearchDescription,
  trial: number,
): Readonly<Record<string, number>> {
  return { ...defaults, ...drawTrial(ranges, seeds.search, trial) };
}

/** The digest that identifies a search. */
export const searchDigest = (search: SearchDescription): string => sha256(canonicalJson(search));

/** `trial-0003.json` in a folder. */
export const trialFile = (folder: string, trial: number): string =>
  join(folder, `trial-${String(trial).padStart(4, '0')}.json`);

/** Writes a trial's result atomically. Two processes must not write the same trial at once. */
export async function writeTrial(folder: string, result: TrialResult): Promise<void> {
  await writeAtomically(trialFile(folder, result.trial), `${JSON.stringify(result, null, 2)}\n`);
}

/**
 * All results in a folder, by number; none when there is no such folder.
 *
 * @throws OperatorError `artifact-invalid` that names a file that is damaged or has another trial's name,
 * `state-conflict` that names a file of another search than `expected`, or than that of the first file,
 * `source-unreadable` when the folder cannot be read.
 */
export async function readTrials(
  folder: string,
  expected?: SearchDescription,
): Promise<readonly TrialResult[]> {
  const names = await unlessMissing(readdir(folder)).catch((error: unknown) => {
    throw unreadable(folder, error);
  });
  const results: TrialResult[] = [];
  for (const name of (names ?? []).filter((each) => /^trial-\d{4,}\.json$/.test(each)).sort()) {
    const path = join(folder, name);
    const result = parseTrial(await readFile(path), path);
    const search = expected ?? results[0]?.search;
    if (search !== undefined && result.searchSha256 !== searchDigest(search)) {
      throw otherSearch(path, differences(search, result.search));
    }
    if (path !== trialFile(folder, result.trial)) throw damaged(path, `it contains trial ${result.trial}`);
    if (canonicalJson(result.hyperParameters) !== canonicalJson(valuesOf(result.search, result.trial))) {
      throw damaged(path, `its hyper-parameters are not those of trial ${result.trial}`);
    }
    results.push(result);
  }
  return results.sort((a, b) => a.trial - b.trial);
}

function parseTrial(bytes: Uint8Array, path: string): TrialResult {
  const trial = readJson(bytes, trialSchema, (problem, cause) => damaged(path, problem, cause));
  if (trial.searchSha256 === searchDigest(trial.search)) return trial;
  throw damaged(path, 'its search does not match its digest');
}

function damaged(path: string, problem: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'artifact-invalid',
    `${path} is not a valid trial result: ${problem}.`,
    'Remove the file and run the same command again: it repeats the trial with the same result.',
    { cause },
  );
}

const PARTS: Readonly<Record<keyof SearchDescription, string>> = {
  algorithm: 'algorithm',
  defaults: 'default hyper-parameters',
  fixed: 'fixed hyper-parameters',
  ranges: 'ranges',
  seeds: 'seed',
  data: 'ratings or split',
};

/** The parts in which two searches differ, in words. */
function differences(one: SearchDescription, other: SearchDescription): readonly string[] {
  return (Object.keys(PARTS) as (keyof SearchDescription)[])
    .filter((key) => canonicalJson(one[key]) !== canonicalJson(other[key]))
    .map((key) => PARTS[key]);
}

function otherSearch(path: string, parts: readonly string[]): OperatorError {
  return new OperatorError(
    'state-conflict',
    `${path} belongs to another search with other ${parts.join(', ')}.`,
    'Nothing was overwritten. Give this search its own folder with --out, or remove the files of the other search.',
  );
}
