import { expect, it } from 'vitest';
import { modelTable, weekRows } from '../../../pipeline/stages/week/week-table.ts';

it('lays the weeks out, one row each', () => {
  const { header, rows } = weekRows([
    {
      week: 3,
      batchRatings: 20_000,
      bufferRatings: 60_000,
      ks: 0.09754,
      meanChange: 0.0685,
      stdChange: null,
      verdict: 'drift',
      decision: 'retrain',
    },
  ]);
  expect(header).toEqual([
    'Week',
    'Batch',
    'Buffer',
    'KS',
    'Mean change',
    'SD change',
    'Verdict',
    'Decision',
  ]);
  expect(rows).toEqual([['3', '20,000', '60,000', '0.0975', '+6.9%', '–', 'drift', 'retrain']]);
});

const v1 = {
  version: 1,
  role: 'baseline',
  rmse: 0.9,
  mae: 0.7,
  precisionAt10: 0.05,
  ndcgAt10: null,
  trainingRatings: 98_000,
};
const v2 = {
  ...v1,
  version: 2,
  role: 'retrained',
  rmse: 0.855,
  precisionAt10: 0.06,
  trainingRatings: 147_000,
};

it('sets the retrained model against the baseline', () => {
  expect(modelTable([v1, v2])).toEqual({
    header: ['Metric', 'v1 (baseline)', 'v2 (retrained)', 'Change'],
    rows: [
      ['RMSE', '0.9000', '0.8550', '−5.0%'],
      ['MAE', '0.7000', '0.7000', '0.0%'],
      ['Precision@10', '0.0500', '0.0600', '+20.0%'],
      ['NDCG@10', '–', '–', '–'],
      ['Training ratings', '98,000', '147,000', '+50.0%'],
    ],
  });
});

it('has no change to show for a single model, nor for none', () => {
  expect(modelTable([v1]).header).toEqual(['Metric', 'v1 (baseline)']);
  expect(modelTable([]).rows.map((row) => row.length)).toEqual([1, 1, 1, 1, 1]);
});
