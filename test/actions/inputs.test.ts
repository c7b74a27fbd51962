import { expect, test } from 'vitest';
import { choice, commit, defineAction, natural, readInputs, text } from '../../actions/inputs.ts';

const action = defineAction({
  name: 'sample',
  description: '',
  explanation: '',
  inputs: {
    step: choice('Which.', ['fetch', 'deploy'], 'deploy'),
    version: natural.required('The version.'),
    issue: natural.optional('The issue.'),
    sha: commit.optional('The commit.'),
    url: text.optional('Where.', { secret: true }),
    token: text.required('Who.', { secret: true }),
  },
  outputs: {},
});
const given =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string =>
    values[name] ?? '';

test('inputs are read as what they are; what was left out is null', () => {
  const values = readInputs(action, given({ step: 'fetch', version: ' 12 ', token: 't' }));
  expect(values).toEqual({ step: 'fetch', version: 12, issue: null, sha: null, url: null, token: 't' });
});

test('every wrong input is named at once, with its value and what it takes', () => {
  const broken = given({ step: 'undeploy', version: '0', issue: '1.5', sha: 'HEAD', token: 't' });
  expect(() => readInputs(action, broken)).toThrow(
    'input "step" is "undeploy"; it takes one of `fetch`, `deploy`; input "version" is "0"; it takes a whole number from 1; input "issue" is "1.5"; it takes a whole number from 1; input "sha" is "HEAD"; it takes a commit, 40 hex digits',
  );
});

test('a missing input is named, and where to set it', () => {
  expect(() => readInputs(action, given({ step: 'fetch', version: '1' }))).toThrow(
    expect.objectContaining({
      code: 'input-invalid',
      message: expect.stringContaining('input "token" is missing'),
      remedy: expect.stringContaining('actions/sample/README.md'),
    }),
  );
});
