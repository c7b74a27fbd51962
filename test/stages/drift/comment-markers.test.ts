/** What comments on a drift issue say to programs, and comments that were posted before there were markers. */
import { describe, expect, test } from 'vitest';
import { changeMarker, isAbout, readDispatch } from '../../../pipeline/stages/drift/comment-markers.ts';
import { type DriftChange, driftStageComment } from '../../../pipeline/stages/drift/issue-comments.ts';
import { driftCheck } from '../../support/report-samples.ts';

const requestedAt = new Date('2026-03-07T09:30:00Z');
const training = { kind: 'training', requestedBy: null, again: null, trainingUrl: null } as const;
const released = { kind: 'stage', stage: 'released', champion: 1, version: 2, gate: null } as const;

const bot = 'dependabot[bot]';
const dispatches: readonly (readonly [string, DriftChange, ReturnType<typeof readDispatch>])[] = [
  ['the first request', training, { isAgain: false, requestedBy: null }],
  ['one that a person made', { ...training, requestedBy: bot }, { isAgain: false, requestedBy: bot }],
  ['a repeated one', { ...training, again: { requestedAt } }, { isAgain: true, requestedBy: null }],
  [
    'one after an unknown one',
    { ...training, again: { requestedAt: null } },
    { isAgain: true, requestedBy: null },
  ],
  [
    'a repeated one that a person made',
    { ...training, again: { requestedAt }, requestedBy: 'ada' },
    { isAgain: true, requestedBy: 'ada' },
  ],
];

describe('a request to train', () => {
  test.each(dispatches)('%s is read from the marker, whatever the sentence says', (_, change, dispatch) => {
    expect(readDispatch({ body: `Some other words.\n\n${changeMarker(change)}` })).toEqual(dispatch);
  });
  test.each(dispatches)('%s is read from a comment that has no marker yet', (_, change, dispatch) => {
    expect(readDispatch({ body: driftStageComment(change) })).toEqual(dispatch);
  });
  test('is not read from a comment about something else', () => {
    expect(readDispatch(undefined)).toBeNull();
    expect(readDispatch({ body: driftStageComment(released) })).toBeNull();
    expect(readDispatch({ body: 'Why **Retraining was dispatched again:** twice?' })).toBeNull();
  });
});

test('a change is told by its marker, whatever the sentence says, and no other change is', () => {
  const body = `A better model is there.\n\n${changeMarker(released)}`;
  expect(isAbout({ body }, released)).toBe(true);
  expect(isAbout({ body }, { ...released, version: 3 })).toBe(false);
  expect(isAbout({ body }, { ...released, stage: 'refused' })).toBe(false);
  const severity = { kind: 'severity', from: 'watch', check: driftCheck } as const;
  expect(isAbout({ body: `Worse.\n\n${changeMarker(severity)}` }, severity)).toBe(true);
});

test('a change that was told before there were markers is not told again', () => {
  expect(isAbout({ body: driftStageComment(released) }, released)).toBe(true);
});
