import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type ErrorFormula, measure } from '../../pipeline/evaluate/metric.ts';
import { coverage } from '../../pipeline/evaluate/metrics/coverage.ts';
import { mae } from '../../pipeline/evaluate/metrics/mae.ts';
import { ndcgAt } from '../../pipeline/evaluate/metrics/ndcg.ts';
import { precisionAt } from '../../pipeline/evaluate/metrics/precision.ts';
import { recall } from '../../pipeline/evaluate/metrics/recall.ts';
import { rmse } from '../../pipeline/evaluate/metrics/rmse.ts';
import type { RankedList } from '../../pipeline/evaluate/ranked-list.ts';
import { topN } from '../../pipeline/math/top-n.ts';

interface Golden {
  readonly lists: readonly {
    readonly relevant: readonly number[];
    readonly scores: readonly number[];
    readonly top: readonly number[];
    readonly precision: number;
    readonly recall: number;
    readonly ndcg: number;
  }[];
  readonly ratings: readonly {
    readonly given: readonly number[];
    readonly predicted: readonly number[];
    readonly rmse: number;
    readonly mae: number;
  }[];
}

// scikit-learn's metrics; the file says how they were computed.
const golden = JSON.parse(
  readFileSync(new URL('../golden/metrics-reference.json', import.meta.url), 'utf8'),
) as Golden;

function list(
  hits: readonly number[],
  relevant: number,
  movieIds: readonly number[] = hits.map((_, i) => i),
): RankedList {
  return { userId: 1, movieIds: Int32Array.from(movieIds), hits: Uint8Array.from(hits), relevant };
}

const overErrors = (formula: ErrorFormula, errors: Float64Array): number | null =>
  measure(formula, { errors, lists: [], candidates: 0 });

describe.each(golden.lists)('a ranking of $relevant.length movies', (reference) => {
  const top = topN(Float32Array.from(reference.scores), 10);
  const ranked = list(
    Array.from(top, (movie) => reference.relevant[movie] as number),
    reference.relevant.reduce((sum, one) => sum + one, 0),
  );

  test('has the same ten best as scikit-learn', () => {
    expect([...top]).toEqual(reference.top);
  });
  test('has the NDCG@10 of scikit-learn', () => {
    expect(ndcgAt(10, ranked)).toBeCloseTo(reference.ndcg, 12);
  });
  test('has the Precision@10 and Recall@10 counted from the reference list', () => {
    expect(precisionAt(10, ranked)).toBeCloseTo(reference.precision, 12);
    expect(recall(ranked)).toBeCloseTo(reference.recall, 12);
  });
});

test.each(golden.ratings)(
  'errors of $given.length ratings have the RMSE and MAE of scikit-learn',
  (reference) => {
    const errors = Float64Array.from(
      reference.given,
      (given, row) => (reference.predicted[row] as number) - given,
    );
    expect(overErrors(rmse, errors)).toBeCloseTo(reference.rmse, 12);
    expect(overErrors(mae, errors)).toBeCloseTo(reference.mae, 12);
  },
);

test('RMSE and MAE are undefined without errors', () => {
  expect(overErrors(rmse, new Float64Array(0))).toBeNull();
  expect(overErrors(mae, new Float64Array(0))).toBeNull();
});

test('NDCG of hits at places 2 and 4 with three relevant movies equals the hand computation', () => {
  // (1/log2(3) + 1/log2(5)) / (1/log2(2) + 1/log2(3) + 1/log2(4))
  const expected = (1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3) + 0.5);
  expect(ndcgAt(10, list([0, 1, 0, 1, 0], 3))).toBeCloseTo(expected, 15);
});

test('precision of a short list is divided by k', () => {
  expect(precisionAt(10, list([1, 1], 2))).toBe(0.2);
});

test('a perfect list has NDCG 1 even when not all relevant movies fit', () => {
  expect(ndcgAt(10, list(Array(10).fill(1), 25))).toBe(1);
  expect(recall(list(Array(10).fill(1), 25))).toBe(0.4);
});

test('coverage counts each movie once', () => {
  const lists = [list([0, 0], 1, [7, 8]), list([0, 0], 1, [8, 9])];
  expect(coverage(12, lists)).toBe(0.25);
});

test('coverage is undefined without lists or candidates', () => {
  expect(coverage(12, [])).toBeNull();
  expect(coverage(0, [list([], 1)])).toBeNull();
});
