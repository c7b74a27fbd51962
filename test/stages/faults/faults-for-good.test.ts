/** From drift to the model that answers it, with GitHub failing at some point and from then on, until people look. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { OperatorError } from '../../../pipeline/lib/errors.ts';
import { FAULT_KINDS, type Fault } from '../../emulators/github/faults.ts';
import type { LoggedRequest } from '../../emulators/github/origin.ts';
import { SWEEP_NOTE, sampleSweep } from '../../support/sweep.ts';
import { assetsOf, CHECK, type Failed, type Job, type Outcome, runLoop, whatIsThere } from './faulty-loop.ts';
import { eachOnce, inWorlds, runUndisturbed } from './faulty-runs.ts';
import { type FaultyWorld, prepareWorlds, type Worlds } from './faulty-world.ts';

/** How the loop goes on when GitHub answers again. */
const RECOVERIES = ['job-again', 'run-again', 'check-then-job', 'check-next-day'] as const;
type Recovery = (typeof RECOVERIES)[number];

interface Case {
  /** Of the first request that is disturbed. */
  readonly index: number;
  readonly kind: Fault['kind'];
  readonly recovery: Recovery;
}

/** Of requests that only read, one in so many begins a failure. */
const READS = 7;

let worlds: Worlds;
let cases: readonly Case[];
let whole: Outcome;
beforeAll(async () => {
  worlds = await prepareWorlds();
  const { requests, outcome } = await runUndisturbed(worlds);
  whole = outcome;
  cases = sampleSweep(requests.flatMap(casesOf), {
    oneIn: 6,
    classOf: ({ kind, recovery }) => `${kind} ${recovery}`,
  });
});
afterAll(() => worlds.close());

/**
 * A change is disturbed before it is done and after; what only reads in one way, and not everywhere. What
 * was done unanswered has to be found by a check, too, which knows nothing of the job that failed.
 */
function casesOf({ method }: LoggedRequest, index: number): readonly Case[] {
  const before = { index, kind: oneOf(FAULT_KINDS.slice(0, 4), index), recovery: oneOf(RECOVERIES, index) };
  const after = {
    index,
    kind: oneOf(FAULT_KINDS.slice(4), index),
    recovery: oneOf(RECOVERIES.slice(0, 3), index),
  };
  if (method !== 'GET') return [before, after, { ...after, recovery: 'check-next-day' }];
  return index % READS === 0 ? [{ ...before, kind: oneOf(FAULT_KINDS, index) }] : [];
}

const oneOf = <T>(choices: readonly T[], index: number): T => choices[index % choices.length] as T;

it('fails in words, with no half release to be seen, and is completed when GitHub answers again', async () => {
  const wrong = await inWorlds(worlds, cases, async (world, { index, kind, recovery }) => {
    world.github.server.inject({
      kind,
      retryAfterSeconds: 1,
      times: Number.POSITIVE_INFINITY,
      when: (_request, at) => at >= index,
    });
    const failed = await runLoop(world, [CHECK]);
    world.github.server.clearFaults();
    expectFailure(world, failed);
    expectNoHalfRelease(world, await whatIsThere(world));

    if (recovery === 'check-next-day') world.setTime('2026-03-03T06:17:00Z');
    expect(await runLoop(world, jobsOf(recovery, failed?.job as Job))).toBeNull();
    expectCompleted(await whatIsThere(world));
  });
  expect(wrong, SWEEP_NOTE).toEqual([]);
});

function jobsOf(recovery: Recovery, failed: Job): readonly Job[] {
  switch (recovery) {
    case 'job-again':
      return [failed];
    case 'run-again':
      return [failed.name === 'publish' ? { ...failed, name: 'plan' } : failed];
    case 'check-then-job':
      return [CHECK, failed];
    case 'check-next-day':
      return [CHECK];
  }
}

function expectFailure({ github }: FaultyWorld, failed: Failed | null): void {
  expect(failed?.error).toBeInstanceOf(OperatorError);
  expect(failed?.error).toMatchObject({ remedy: expect.stringMatching(/\w/) });
  expect(inspect(failed?.error, { depth: 9 })).not.toContain(github.token);
}

function expectNoHalfRelease(world: FaultyWorld, { latest, releases, serves }: Outcome): void {
  const published = releases.find(({ tag, draft }) => tag === 'model-v2' && !draft);
  if (published !== undefined) expect(published.assets).toEqual(assetsOf(world));
  if (latest !== 'model-v1')
    expect([latest, published?.prerelease, serves]).toEqual(['model-v2', false, 'model-v2\n']);
}

/**
 * As if nothing had happened, but for what a repeated run says of itself. An announcement may be lost with the
 * run that would have made it.
 */
function expectCompleted({ issues, announced, dispatched, ...rest }: Outcome): void {
  const { issues: wholeIssues, announced: wholeAnnounced, dispatched: wholeDispatched, ...wholeRest } = whole;
  expect(rest).toEqual(wholeRest);
  expect(eachOnce(dispatched)).toEqual(wholeDispatched);
  expect(announced).toEqual(eachOnce(announced));
  expect(wholeAnnounced).toEqual(expect.arrayContaining(announced.filter(isNoRequest)));
  expect(announced.filter((text) => !isNoRequest(text)).length).toBeLessThanOrEqual(1);
  expect(issues.map((issue) => ({ ...issue, comments: issue.comments.filter(isNoRequest) }))).toEqual(
    wholeIssues,
  );
}

const isNoRequest = (text: string): boolean => !/^\**Retraining was dispatched/.test(text);
