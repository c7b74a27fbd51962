/** From drift to the model that answers it, with GitHub failing again and again, never for good. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../emulators/github/faults.ts';
import { SWEEP_NOTE, sampleSweep } from '../../support/sweep.ts';
import { assetsOf, CHECK, type Outcome, runLoop, whatIsThere } from './faulty-loop.ts';
import { eachOnce, inWorlds, namesOfRequests, runUndisturbed } from './faulty-runs.ts';
import { prepareWorlds, type Worlds } from './faulty-world.ts';

/** In one run every so many requests one is disturbed, so that no call is disturbed until it gives up. */
const STRIDE = 4;

let worlds: Worlds;
/** Of the requests of a loop in which nothing goes wrong. */
let names: readonly string[];
let whole: Outcome;
beforeAll(async () => {
  worlds = await prepareWorlds();
  const { requests, outcome } = await runUndisturbed(worlds);
  const { nameOf, count } = namesOfRequests();
  names = requests.map((request) => {
    const name = nameOf(request);
    count(request);
    return name;
  });
  whole = outcome;
});
afterAll(() => worlds.close());

it('begins with a drift that v2 answers, each thing done and said once', async () => {
  expect(whole).toEqual({
    issues: [
      {
        state: 'closed',
        labels: ['automated', 'drift', 'severity:high', 'stage:deployed'],
        comments: [
          expect.stringMatching(/^\*\*Released: model v2, which passed the gate against v1: RMSE /),
          '**Model v2 now serves in place of v1.**',
        ],
      },
    ],
    releases: [
      expect.objectContaining({ tag: 'model-v1', draft: false, prerelease: false }),
      { tag: 'model-v2', draft: false, prerelease: false, assets: assetsOf(worlds) },
    ],
    latest: 'model-v2',
    deployments: [
      { version: 2, states: ['success'] },
      { version: 1, states: ['success'] },
    ],
    dispatched: [
      { workflow: 'train.yml', inputs: { reason: 'drift', issue: '1' } },
      { workflow: 'deploy.yml', inputs: { version: '2' } },
    ],
    announced: [
      expect.stringMatching(/^Drift was found: .*\. Retraining was dispatched\.$/),
      expect.stringMatching(/^Released: model v2/),
      'Model v2 now serves in place of v1.',
    ],
    alerts: [{ newestBatchId: 3, acknowledgedByVersion: 2 }],
    models: [
      { version: 1, status: 'retired' },
      { version: 2, status: 'champion' },
    ],
    gates: [{ version: 2, outcome: 'promote' }],
    batches: [
      { batchId: 1, role: 'train' },
      { batchId: 2, role: 'baseline' },
      { batchId: 3, role: 'baseline' },
    ],
    serves: 'model-v2\n',
  });
});

it('ends as if nothing had happened when each request goes wrong once, whatever goes wrong', async () => {
  const offsets = Array.from({ length: STRIDE }, (_, offset) => offset);
  const cases = FAULT_KINDS.flatMap((kind) => offsets.map((offset) => ({ kind, offset })));
  const tried = sampleSweep(cases, { oneIn: STRIDE, classOf: ({ kind }) => kind });
  const wrong = await inWorlds(worlds, tried, async (world, { kind, offset }) => {
    const isInDoubt = kind === 'cut-after' || kind === 'truncate';
    const left = new Set(names.filter((_, index) => index % STRIDE === offset));
    const { nameOf, count } = namesOfRequests();
    world.github.server.inject({
      kind,
      retryAfterSeconds: 1,
      times: left.size,
      when: (request) => {
        const isHit = left.delete(nameOf(request));
        // What was created unanswered is found by a look, and not asked for a second time.
        const isFound = isInDoubt && request.method === 'POST' && !request.path.endsWith('/dispatches');
        if (!isHit || isFound) count(request);
        return isHit;
      },
    });
    const failed = await runLoop(world, [CHECK]);
    world.github.server.clearFaults();
    if (failed !== null) throw failed.error;
    const { dispatched, ...rest } = await whatIsThere(world);
    expect({ ...rest, dispatched: isInDoubt ? eachOnce(dispatched) : dispatched }).toEqual(whole);
    expect([...left]).toEqual([]);
  });
  expect(wrong, SWEEP_NOTE).toEqual([]);
});
