/** The recipe "Add a metric" of CONTRIBUTING.md: only a formula file and an entry of the catalogue are needed. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { evaluateModel } from '../../pipeline/evaluate/evaluate.ts';
import { evaluationSchema, SEGMENT_KEYS, storedMetrics } from '../../pipeline/evaluate/evaluation-schema.ts';
import type { Metric } from '../../pipeline/evaluate/metric.ts';
import { COMPARED_METRICS, JUDGED_METRICS } from '../../pipeline/evaluate/metric-names.ts';
import { mlflowMetrics } from '../../pipeline/mirrors/mlflow/run-content.ts';
import { metricsSchema } from '../../pipeline/model/manifest.ts';
import { baselineRows, segmentRows } from '../../pipeline/reports/evaluation-tables.ts';
import { gateTable } from '../../pipeline/reports/gate-table.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { compareScores } from '../../pipeline/stages/model-check/compare-scores.ts';
import { metricTable } from '../../pipeline/stages/model-check/metrics-table.ts';
import { modelCheckJson, readModelCheck } from '../../pipeline/stages/model-check/model-check.ts';
import { evaluationOf } from '../../pipeline/store/model-metrics.ts';
import { EVALUATION, GATE, manifestOf } from '../support/evaluations.ts';
import { scoresWith } from '../support/scores.ts';
import { fixedModel } from './fixed-model.ts';
import { rated } from './rated.ts';

vi.mock(import('../../pipeline/evaluate/metric-catalogue.ts'), async (original) => {
  const catalogue = await original();
  const added: Readonly<Record<string, Metric>> = {
    hitRateAt10: {
      label: 'Hit rate@10',
      better: 'higher',
      format: 'share',
      compared: true,
      brief: true,
      formula: { over: 'lists', each: ({ hits }) => (hits.includes(1) ? 1 : 0) },
    },
    surprise: {
      label: 'Surprise',
      better: null,
      format: 'bits',
      compared: false,
      formula: { over: 'results', compute: ({ popularity }) => Math.log2(popularity.users) },
    },
  };
  return { ...catalogue, METRICS: { ...catalogue.METRICS, ...added } };
});

const evaluation = evaluateModel(fixedModel({ users: [1, 2], movies: [10, 20, 30], predicts: () => 3.5 }), {
  train: rated([1, 10, 5], [2, 20, 4]),
  test: rated([1, 20, 4], [2, 30, 5]),
});

test('the evaluation has it, for all users and for each segment', () => {
  expect(evaluation).toMatchObject({ hitRateAt10: 1, surprise: 1, warm: { hitRateAt10: 1, surprise: 1 } });
  expect(evaluation.cold).toMatchObject({ hitRateAt10: null });
});

test('it is stored, and is null in data stored before', () => {
  expect(SEGMENT_KEYS).toEqual(expect.arrayContaining(['hitRateAt10', 'surprise']));
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(evaluation)))).toEqual(evaluation);
  const missing = { hitRateAt10: null, hitRateAt10Margin: null, surprise: null };
  expect(evaluationSchema.parse(EVALUATION)).toEqual({
    ...EVALUATION,
    ...missing,
    warm: { ...EVALUATION.warm, ...missing },
    cold: { ...EVALUATION.cold, ...missing },
  });
  const { warm, cold, strategies, ...all } = EVALUATION;
  expect(evaluationOf({ all, warm, cold, strategy: strategies } as never)).toMatchObject(missing);
  expect(storedMetrics(COMPARED_METRICS).parse({ rmse: 1 })).toMatchObject({ rmse: 1, hitRateAt10: null });
  const { warm: _, cold: __, strategies: ___, ...metrics } = evaluation;
  expect(metricsSchema.parse(metrics)).toEqual(metrics);
});

test('the tables show it', () => {
  const rows = segmentRows(evaluation).rows.map((row) => row.join(' '));
  expect(rows).toEqual(
    expect.arrayContaining(['Hit rate@10 100.0% 100.0% –', 'Surprise 1.00 bits 1.00 bits 1.00 bits']),
  );
  expect(baselineRows('m', evaluation, []).header).toContain('Hit rate@10');
  expect(gateTable({ ...GATE, champion: evaluation, challenger: evaluation }, 'v1', 'v2')).toContain(
    '| Hit rate@10 | 100.0% | 100.0% | 0.0 pt | reported | – |',
  );
});

test('a model check compares it, and tune can search for it', () => {
  const gate = { ...parseConfig({}, 'defaults').gate, resamples: 100 };
  const [none, one] = [0, 1].map((hits) => scoresWith({ error: () => 1, hits: () => hits }));
  const check = compareScores(none as never, one as never, { gate, seed: 1 });
  const compared = check.metrics.filter(({ metric }) => (metric as string) === 'hitRateAt10');
  expect(compared[0]).toMatchObject({ base: 0, head: 1, interval: [1, 1], meaning: 'better' });
  expect(metricTable(check, compared)).toContain('| Hit rate@10 | 0.0% | 100.0% |');
  expect(readModelCheck(new TextEncoder().encode(modelCheckJson(check)))).toEqual(check);
  expect(JUDGED_METRICS).toContain('hitRateAt10');
});

test('MLflow gets it, also for the champion if models are compared by it', () => {
  const run = { manifest: manifestOf(1), evaluation, source: 'x', runUrl: null };
  const keys = mlflowMetrics({ ...run, gate: { ...GATE, champion: evaluation } }).map(({ key }) => key);
  expect(keys).toEqual(
    expect.arrayContaining(['hitRateAt10', 'surprise', 'warm.surprise', 'champion.hitRateAt10']),
  );
});

test.each([
  ['popularityLift', 'popularity-lift.ts'],
  ['meanDeviation', 'mean-deviation.ts'],
  ['recallAt10', null],
])('the code names %s in the catalogue and in its formula alone', (name, formula) => {
  const root = join(import.meta.dirname, '../..');
  const code = (path: string): string =>
    readFileSync(join(root, path), 'utf8').replace(/\/\*.*?\*\/|^\s*\/\/.*$/gms, '');
  const naming = globSync(['pipeline/**/*.ts', 'api/**/*.ts', 'actions/**/*.ts'], { cwd: root }).filter(
    (path) => new RegExp(`\\b${name}\\b`).test(code(path)),
  );
  expect(naming.toSorted()).toEqual([
    'pipeline/evaluate/metric-catalogue.ts',
    ...(formula === null ? [] : [`pipeline/evaluate/metrics/${formula}`]),
  ]);
});
