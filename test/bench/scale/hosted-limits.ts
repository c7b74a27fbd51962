import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { StageRow } from './loop.ts';

/** What a run used of something that GitHub or Vercel limits. */
export interface LimitUse {
  readonly what: string;
  readonly used: number;
  readonly limit: number;
  readonly unit: 'bytes' | 'seconds';
}

/**
 * Limits of hosted runners, releases and functions.
 *
 * Sources: https://docs.github.com/en/actions/reference/runners/github-hosted-runners (4 cores, 16 GB, 14 GB of disk; two
 * cores and 8 GB for private repositories), https://docs.github.com/en/actions/reference/limits (6 hours a job),
 * https://docs.github.com/en/repositories/releasing-projects-on-github/about-releases (below 2 GiB a file),
 * https://docs.github.com/en/billing/concepts/product-billing/github-actions (500 MB of artifacts on GitHub Free),
 * https://vercel.com/docs/functions/limitations (250 MB).
 */
export function limitsUsed(folder: string, rows: readonly StageRow[]): readonly LimitUse[] {
  const files = filesBelow(folder);
  const largest = (of: readonly number[]): number => of.reduce((a, b) => Math.max(a, b), 0);
  const sizesOf = (part: string): readonly number[] =>
    files.filter(({ path }) => path.includes(part)).map(({ bytes }) => bytes);
  const bundle = rows.find(({ stage }) => stage === 'bundle')?.artifactBytes ?? 0;
  const everything = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    {
      what: 'memory of a runner',
      used: largest(rows.map(({ peakBytes }) => peakBytes)),
      limit: 16e9,
      unit: 'bytes',
    },
    {
      what: 'disk of a runner: all files of all stages',
      used: everything,
      limit: 14e9,
      unit: 'bytes',
    },
    {
      what: 'time of a job: the longest stage',
      used: largest(rows.map(({ seconds }) => seconds)),
      limit: 6 * 3600,
      unit: 'seconds',
    },
    {
      what: 'release asset: the largest file of a release',
      used: largest(sizesOf(join('forge', 'releases'))),
      limit: 2 * 2 ** 30,
      unit: 'bytes',
    },
    {
      what: 'artifacts: the training ratings as Parquet',
      used: largest(sizesOf(join('prepared', 'initial'))),
      limit: 500e6,
      unit: 'bytes',
    },
    { what: 'bundle of the function', used: bundle, limit: 250e6, unit: 'bytes' },
  ];
}

function filesBelow(folder: string): readonly { readonly path: string; readonly bytes: number }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: statSync(path).size }));
}
