import { expect, test } from 'vitest';
import type { PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { asServed, reignsOf } from '../../pipeline/history/reigns.ts';
import { NO_HISTORY } from '../support/pipeline-history.ts';

const at = (day: number): string => `2026-03-${String(day).padStart(2, '0')}T06:00:00.000Z`;
const model = (version: number, status: string, promotedAt: string | null) => ({
  version,
  status,
  promotedAt,
});
const check = (modelVersion: number, day: number) => ({ modelVersion, at: at(day) });

function history(parts: object, deployments: PipelineHistory['facts']['deployments'] = []): PipelineHistory {
  return { schema: 1, ...NO_HISTORY, ...parts, facts: { deployments } } as unknown as PipelineHistory;
}

test('a model serves from its promotion until the next one', () => {
  const models = [model(1, 'retired', at(1)), model(2, 'refused', null), model(3, 'champion', at(9))];
  expect(reignsOf(history({ models }))).toEqual([
    { version: 1, from: at(1), until: at(9) },
    { version: 3, from: at(9), until: null },
  ]);
});

test('a model that came back after a rollback has two reigns: the checks of its time name it', () => {
  const models = [model(1, 'champion', at(12)), model(2, 'retired', at(8))];
  expect(
    reignsOf(history({ models, checks: [check(1, 3), check(1, 4), check(2, 10), check(1, 13)] })),
  ).toEqual([
    { version: 1, from: at(3), until: at(8) },
    { version: 2, from: at(8), until: at(12) },
    { version: 1, from: at(12), until: null },
  ]);
});

test('deployments tell of reigns that nothing else remembers', () => {
  const deployments = [
    { version: 1, at: at(2) },
    { version: 2, at: at(5) },
    { version: 1, at: at(6) },
  ];
  expect(
    reignsOf(history({ models: [model(1, 'champion', at(6))] }, deployments)).map((r) => r.version),
  ).toEqual([1, 2, 1]);
});

test('in a bundle its model is the champion, and the one before it has retired', () => {
  const before = history({ models: [model(1, 'champion', at(1)), model(2, 'challenger', null)] });
  const served = asServed(before, 2, new Date(at(4)));
  expect(served.models).toEqual([model(1, 'retired', at(1)), model(2, 'champion', at(4))]);
  expect(reignsOf(served).at(-1)).toEqual({ version: 2, from: at(4), until: null });
  expect(asServed(served, 2, new Date(at(9)))).toBe(served);
});
