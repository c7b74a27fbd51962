/** Every action, started as the runner starts it, with inputs it cannot take. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ActionStage, openActionStage } from './action-stage.ts';

let stage: ActionStage;
beforeAll(async () => {
  stage = await openActionStage();
});
afterAll(() => stage.close());

test.each([
  ['ingest-ratings', { 'github-token': '' }, 'input "github-token" is missing; it takes text, not empty'],
  [
    'ingest-ratings',
    { initial: 'synthetic', secrets: 'DATABASE_URL=yes' },
    'input "secrets" has "DATABASE_URL=yes"',
  ],
  [
    'ingest-ratings',
    { initial: 'configured', 'carry-over': 'yes' },
    'input "carry-over" is "yes"; it takes one of `true`, `false`',
  ],
  [
    'ingest-ratings',
    { initial: 'configured', 'carry-over': 'true' },
    'input "carry-over" is true, but DATABASE_URL is not set',
  ],
  ['detect-drift', { 'github-token': '' }, 'input "github-token" is missing'],
  ['train-model', {}, 'input "step" is missing; it takes one of `export`, `train`, `evaluate`, `gate`'],
  ['train-model', { step: 'export', issue: '#41' }, 'input "issue" is "#41"; it takes a whole number from 1'],
  ['publish-model', { step: 'publish' }, 'input "step" is "publish"; it takes one of `fetch`, `release`'],
  [
    'deploy-model',
    { step: 'fetch', version: 'v13' },
    'input "version" is "v13"; it takes a whole number from 1',
  ],
  ['deploy-model', { step: 'fetch' }, 'input "version" is missing'],
  ['deploy-model', { version: '13' }, 'input "verified" is missing'],
  ['deploy-model', { step: 'rollback', version: '13', verified: '13' }, 'it takes a SHA-256, 64 hex digits'],
  [
    'report-metrics',
    { step: 'compare', 'head-sha': 'main' },
    'input "head-sha" is "main"; it takes a commit, 40 hex digits',
  ],
  ['run-command', { step: 'hear' }, 'The event of this run is not a comment on an issue.'],
] as const)('%s with %j names what is wrong', async (action, inputs, problem) => {
  const run = await stage.start(action, inputs);
  expect(run.code).toBe(1);
  const errors = run.annotations.filter(({ level }) => level === 'error');
  expect(errors.map(({ message }) => message).join('\n')).toContain(problem);
  expect(errors[0]?.title).toBe(`${action}: input-invalid`);
  expect(run.summary).toContain(`${action} failed: \`input-invalid\``);
  expect(run.leaks).toEqual([]);
});

test.each([
  ['detect-drift', {}],
  ['train-model', { step: 'gate' }],
  ['publish-model', { step: 'fetch', version: '1' }],
])('%s with %j says what is wrong with the configuration', async (action, inputs) => {
  const file = join(stage.workspace, 'cinematch.config.ts');
  const before = readFileSync(file);
  onTestFinished(() => writeFileSync(file, before));
  writeFileSync(file, "export default { train: { algorithm: 'vb-fm+ials' }, retrain: {} };\n");
  const run = await stage.start(action, inputs);
  expect(run.code).toBe(1);
  const error = run.annotations.find(({ level }) => level === 'error');
  expect(error?.title).toBe(`${action}: config-invalid`);
  expect(error?.message).toContain('train.algorithm is "vb-fm+ials". Did you mean "vb-mf+ials"?');
  expect(run.summary).toContain('retrain is not a setting.');
});

test('a database that does not answer is an error without its password', async () => {
  const url = 'postgres://user:s3cr3t-w0rd@127.0.0.1:9/ratings?sslmode=disable';
  const run = await stage.start('detect-drift', { 'database-url': url });
  expect(run.code).toBe(1);
  expect(run.annotations.at(0)?.title).toBe('detect-drift: store-unavailable');
  expect(run.summary).toContain('Check DATABASE\\_URL');
  expect(`${run.log}${run.summary}`).not.toContain('s3cr3t');
  expect(run.masks).toEqual(expect.arrayContaining([url, 's3cr3t-w0rd']));
});
