import { expect, it } from 'vitest';
import type { Rehearsed } from './rehearse.ts';
import type { RehearsedRun } from './stage.ts';
import { verdict } from './verdict.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const issue = {
  number: 1,
  title: 'Drift: ratings',
  state: 'closed',
  labels: ['automated', 'drift'],
  body: '',
  comments: [
    '**Retraining was dispatched.**',
    'Before and after:\n\n| Metric | v1, before | v2, after |\n| --- | --- | --- |\n| RMSE | 0.871 | 0.858 |',
  ],
};
const release = {
  tag: 'model-v3',
  title: 'Model v3',
  body: '',
  state: 'released' as const,
  assets: [{ name: 'model.safetensors', bytes: 3, stated: digest, measured: digest }],
};
const run: RehearsedRun = {
  workflow: 'deploy',
  file: 'deploy.yml',
  event: { name: 'workflow_dispatch', payload: {} },
  runId: 1,
  attempt: 1,
  conclusion: 'success',
  jobs: {},
  summary: '',
  leaks: [],
  seconds: 1,
};
const good: Rehearsed = {
  runs: [run],
  seen: { issues: [issue], releases: [release], latest: 'model-v3', deployments: [1, 2, 3] },
  requests: 400,
  denied: [],
  attempts: [],
  seconds: 40,
};
const fails = (rehearsed: Rehearsed): readonly string[] =>
  verdict(rehearsed)
    .filter(({ holds }) => !holds)
    .map(({ what }) => what);
const withSeen = (change: Partial<Rehearsed['seen']>): Rehearsed => ({
  ...good,
  seen: { ...good.seen, ...change },
});

it('finds nothing wrong with a loop that closed', () => {
  expect(fails(good)).toEqual([]);
});

it.each<[string, Rehearsed, string]>([
  ['a failed run', { ...good, runs: [{ ...run, conclusion: 'failure' }] }, 'every run succeeded'],
  ['an open issue', withSeen({ issues: [{ ...issue, state: 'open' }] }), 'one drift issue, and it is closed'],
  ['two issues', withSeen({ issues: [issue, issue] }), 'one drift issue, and it is closed'],
  [
    'a closing comment without numbers',
    withSeen({ issues: [{ ...issue, comments: ['Better after than before.'] }] }),
    'its closing comment holds before and after',
  ],
  [
    'numbers in a comment that is not the last',
    withSeen({ issues: [{ ...issue, comments: [...issue.comments, 'Thanks!'] }] }),
    'its closing comment holds before and after',
  ],
  ['another latest release', withSeen({ latest: 'model-v1' }), 'model-v3 is the latest release'],
  [
    'an asset with other bytes',
    withSeen({ releases: [{ ...release, assets: [{ ...release.assets[0]!, measured: '404' }] }] }),
    'every asset has the bytes its digest states',
  ],
  [
    'a draft left behind',
    withSeen({ releases: [release, { ...release, state: 'draft' }] }),
    'every asset has the bytes its digest states',
  ],
  [
    'a deployment without a version',
    withSeen({ deployments: [1, null, 2] }),
    'v1, v2 and v3 were deployed, in this order',
  ],
  ['a leak', { ...good, runs: [{ ...run, leaks: ['x'] }] }, 'no secret was written in plain'],
  ['a denied request', { ...good, denied: ['POST /x (403)'] }, 'every job had the permissions it used'],
  ['a request elsewhere', { ...good, attempts: ['connect x:443'] }, 'nothing left this machine'],
])('finds %s', (_, rehearsed, what) => {
  expect(fails(rehearsed)).toEqual([what]);
});
