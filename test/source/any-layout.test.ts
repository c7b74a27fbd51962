import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { readRatedSource } from '../../pipeline/source/read-rated-source.ts';
import { SWEEP_NOTE, sweepSize } from '../support/sweep.ts';
import {
  anyLayout,
  isPossible,
  type Layout,
  SCALES,
  someTable,
  type WrittenRating,
  writeTable,
} from './any-layout.ts';

const NOW = new Date('2025-10-09T00:00:00Z');

/** The ratings of a source as its site writes them, or why it is refused. */
async function readBack(path: string, layout: Layout): Promise<readonly WrittenRating[] | OperatorError> {
  const scale = layout.isStated ? SCALES[layout.scale].stated : null;
  try {
    const { raw, ratings } = await readRatedSource(path, { now: NOW, maxRejectShare: 0.05, scale });
    return Array.from({ length: ratings.length }, (_, row) => ({
      user: raw.names?.users[ratings.userIds[row] as number] ?? String(ratings.userIds[row]),
      movie: raw.names?.movies[ratings.movieIds[row] as number] ?? String(ratings.movieIds[row]),
      half: ratings.halves[row] as number,
      time: ratings.ratedAt[row] as number,
    }));
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
}

/** What the refusal of a table names; null for one that must be read. */
function refusalOf({ scale, isStated }: Layout, table: readonly WrittenRating[]): RegExp | null {
  if (isStated || scale === 'stars') return null;
  // A table on a scale to 10 without a rating above 5 cannot be told from stars.
  return scale === 'to 10' && table.every(({ half }) => half <= 5) ? null : /scale|rating (like|dislike)/i;
}

/** What is read of a table: the ratings that its scale can say. */
function expected({ scale, isStated }: Layout, table: readonly WrittenRating[]): readonly WrittenRating[] {
  const half = (of: number): number => (scale === 'to 10' && !isStated ? 2 * of : SCALES[scale].says(of));
  return table.map((rating) => ({ ...rating, half: half(rating.half) }));
}

const layouts = anyLayout
  .filter(isPossible)
  .chain((layout) => fc.tuple(fc.constant(layout), someTable(layout.ids)));

test(
  'a table of ratings is read back equal from any layout, or refused with its cause',
  async () => {
    let folders = 0;
    const root = await mkdtemp(join(tmpdir(), 'cinematch-layouts-'));
    const property = fc.asyncProperty(layouts, async ([layout, table]) => {
      const folder = join(root, String(folders++));
      const found = await readBack(await writeTable(folder, table, layout), layout);
      await rm(folder, { recursive: true, force: true });
      const cause = refusalOf(layout, table);
      if (cause !== null) {
        expect(found, SWEEP_NOTE).toBeInstanceOf(OperatorError);
        const { message, remedy } = found as OperatorError;
        expect(`${message} ${remedy}`, SWEEP_NOTE).toMatch(cause);
        return;
      }
      if (found instanceof OperatorError) throw found;
      expect(found, SWEEP_NOTE).toEqual(expected(layout, table));
    });
    try {
      await fc.assert(property, { numRuns: sweepSize(100_000, 2_000), seed: 1 });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
  3 * 3_600_000,
);
