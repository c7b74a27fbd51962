import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';
import { compareScores } from '../../../pipeline/stages/model-check/compare-scores.ts';
import type { ModelCheck } from '../../../pipeline/stages/model-check/model-check.ts';
import { modelCheckReport } from '../../../pipeline/stages/model-check/model-check-report.ts';
import type { Scores } from '../../../pipeline/stages/model-check/scores.ts';
import { modelCheckTitle } from '../../../pipeline/stages/model-check/verdict.ts';
import { personaWith, scoresWith } from '../../support/scores.ts';

const { gate } = parseConfig({ gate: { resamples: 200 } }, 'the test');
const check = (base: Scores | null, head: Scores): ModelCheck => compareScores(base, head, { gate, seed: 1 });
const report = (of: ModelCheck): string =>
  modelCheckReport(of, {
    baseSha: 'def5678'.padEnd(40, '0'),
    headSha: 'abc1234'.padEnd(40, '0'),
    reproduce: 'npm run -s cinematch -- model-check --base def5678',
  });

const base = scoresWith({
  error: () => 0.8,
  personas: [personaWith('Newcomer', [1, 2, 3]), personaWith('Beginner', [1])],
});
const same = check(base, base);
const worse = check(
  base,
  scoresWith({
    error: (user) => (user <= 20 ? 0.8 : 1),
    fitSeconds: 3,
    modelBytes: 450_000,
    model: { algorithm: 'sgd-mf', hyperParameters: { factors: 100 }, seed: 1 },
    personas: [personaWith('Newcomer', [3, 4, 1]), personaWith('Beginner', [1])],
  }),
);

describe('the title', () => {
  test('says that metrics hold', () => {
    expect(modelCheckTitle(same)).toBe('No metric is worse (8 compared)');
  });
  test('counts those that fall', () => {
    expect(modelCheckTitle(worse)).toBe('The gate fails, 3 of 8 metrics are worse');
  });
  test('does not hide a metric that the gate does not ask for', () => {
    const slightly = check(base, scoresWith({ error: () => 0.8005 }));
    // RMSE is within its tolerance; MAE, and RMSE of known and of new users, are worse for every user.
    expect(modelCheckTitle(slightly)).toBe('The gate passes, 3 of 8 metrics are worse');
  });
  test('says when there was nothing to compare with', () => {
    expect(modelCheckTitle(check(null, base))).toBe('Nothing to compare with');
  });
});

test('the report is as it was read and found good', async () => {
  const golden = join(import.meta.dirname, '..', '..', 'golden', 'reports-model-check.md');
  expect(`${report(worse)}\n`).toBe(await readFile(golden, 'utf8'));
});

test('failures stand first and what is inside its interval is marked', () => {
  const rows = report(worse)
    .split('\n')
    .filter((row) => /^\| (RMSE|MAE|Precision)/.test(row));
  expect(rows[0]).toMatch(/^\| RMSE, stars .* \| \*\*no\*\*: at most 0\.2% higher than the base \|$/);
  expect(rows.find((row) => row.startsWith('| Precision@10'))).toContain('≈ 0.0000 [0.0000, 0.0000]');
});

test('unchanged recommendations take one line', () => {
  expect(report(same)).toContain('the top 10 of all 2 fixed personas is unchanged');
  expect(report(same)).not.toContain('Gained');
});

test('a base that cannot be measured leaves the report of the head', () => {
  const text = report(check(null, base));
  expect(text).toContain('The base cannot be measured');
  expect(text).toContain('| RMSE, stars (lower is better) | – | 0.8000 | – | reported |');
});

test('text of the run does nothing but show', () => {
  const hostile = '</details><img src=x> @octocat #1 [x](https://evil.example) | `a` <!-- -->';
  const text = report(
    check(
      base,
      scoresWith({
        error: () => 0.8,
        data: { ...base.data, name: hostile },
        model: { ...base.model, algorithm: hostile },
        personas: [
          { ...personaWith('Newcomer', [7]), description: hostile, movies: [{ id: 7, title: hostile }] },
          { ...personaWith(hostile, [7]), movies: [{ id: 7, title: hostile }] },
        ],
      }),
    ),
  );
  expect(text).not.toMatch(/<img|@octocat|#1\b|(?<!\\)\]\(|https:\/\/|<!--/);
  expect(text.match(/<\/details>/g)).toHaveLength(text.match(/<details>/g)?.length as number);
  const widths = text
    .split('\n')
    .filter((row) => row.startsWith('|'))
    .map((row) => row.replaceAll('\\|', '').split('|').length);
  expect(new Set(widths)).toEqual(new Set([5, 6, 7]));
});

test('a report is never longer than a comment may be', () => {
  const title = '&'.repeat(200);
  const many = (from: number): Scores =>
    scoresWith({
      error: () => 0.8,
      personas: Array.from({ length: 10 }, (_, i) => ({
        ...personaWith(`${i}${'$'.repeat(50)}`, []),
        description: '$'.repeat(200),
        movies: Array.from({ length: 10 }, (_, place) => ({ id: from + place, title })),
      })),
    });
  const long = report(check(many(1), many(20)));
  expect(long.length).toBeLessThanOrEqual(60_000);
  expect(long).toContain('No metric is worse');
  expect(long).toContain('too long for a comment');
  expect(long).toContain('Reproduce on your machine');
});
