import { afterAll, beforeAll, expect, it } from 'vitest';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { FAULT_KINDS, type Fault } from '../emulators/github/faults.ts';
import type { LoggedRequest } from '../emulators/github/origin.ts';
import { SWEEP_NOTE, sampleSweep } from '../support/sweep.ts';
import { finished, runEpisode, whatIsThere } from './episode.ts';
import { type GithubHome, openFor, startHome } from './github-home.ts';

/** Number of concurrent repositories, because requests mostly wait. */
const HOMES = 18;

let homes: readonly GithubHome[];
/** The requests of an episode without faults. */
let requests: readonly LoggedRequest[];
/** The faults of this run: every request with some kind of fault. */
let cases: readonly { readonly index: number; readonly kind: Fault['kind'] }[];
beforeAll(async () => {
  homes = await Promise.all(Array.from({ length: HOMES }, () => startHome()));
  const [home] = homes as [GithubHome];
  const before = home.server.requests.length;
  await runEpisode(home.github.forge, 9_999);
  requests = home.server.requests.slice(before);
  expect(await whatIsThere(home, 9_999)).toEqual(finished(9_999));
  cases = sampleSweep(
    [...requests.keys()].flatMap((index) => FAULT_KINDS.map((kind) => ({ index, kind }))),
    { oneIn: FAULT_KINDS.length, classOf: ({ index }) => String(index) },
  );
});
afterAll(() => Promise.all(homes.map(({ server }) => server.stop())));

let version = 0;

/** Runs an episode with each fault. @returns the faults with another outcome. */
async function atRequests(
  indexes: readonly number[],
  experiment: (home: GithubHome, index: number, version: number) => Promise<void>,
): Promise<readonly string[]> {
  const left = indexes.map((index) => ({ request: requests[index] as LoggedRequest, index }));
  const wrong: string[] = [];
  await Promise.all(
    homes.map(async (home) => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { request, index } = next;
        try {
          await experiment(home, index, ++version);
        } catch (error) {
          wrong.push(`request ${index}, ${request.method} ${request.path}: ${String(error)}`);
        } finally {
          home.server.clearFaults();
        }
      }
    }),
  );
  return wrong;
}

const isDispatch = (index: number): boolean => requests[index]?.path.endsWith('/dispatches') ?? false;

it.each(FAULT_KINDS)('ends right when any one request meets: %s', async (kind) => {
  const indexes = cases.filter((each) => each.kind === kind).map(({ index }) => index);
  const wrong = await atRequests(indexes, async (home, index, version) => {
    let strikes = 0;
    home.server.inject({
      kind,
      retryAfterSeconds: 1,
      when: (_request, at) => {
        if (at === index) strikes += 1;
        return at === index;
      },
    });
    await runEpisode(openFor(home.server, home.token).forge, version);
    expect(strikes).toBe(1);
    // A dispatch with a lost response is sent again, because its result is unknown.
    const isInDoubt = isDispatch(index) && (kind === 'cut-after' || kind === 'truncate');
    const dispatches = isInDoubt ? 2 : 1;
    expect(await whatIsThere(home, version)).toEqual({ ...finished(version), dispatches });
  });
  expect(wrong, SWEEP_NOTE).toEqual([]);
});

it('fails with an OperatorError and no incomplete latest release, and the next run completes it', async () => {
  const indexes = sampleSweep([...requests.keys()], {
    oneIn: 3,
    classOf: (index) => String(index % FAULT_KINDS.length),
  });
  const wrong = await atRequests(indexes, async (home, index, version) => {
    const kind = FAULT_KINDS[index % FAULT_KINDS.length] as Fault['kind'];
    const { latest: latestBefore } = await whatIsThere(home, version);
    home.server.inject({
      kind,
      retryAfterSeconds: 1,
      times: Number.POSITIVE_INFINITY,
      when: (_request, at) => at >= index,
    });
    const failure = await runEpisode(openFor(home.server, home.token).forge, version).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(OperatorError);
    expect(failure).toMatchObject({ code: 'forge-unavailable', remedy: expect.stringMatching(/\w/) });
    expect(String(failure)).not.toContain(home.token);
    home.server.clearFaults();

    const half = await whatIsThere(home, version);
    const whole = finished(version);
    if (half.latest === whole.latest) expect(half.releases).toEqual(whole.releases);
    else expect(half.latest).toBe(latestBefore);
    if (half.issues[0]?.state !== 'closed') await runEpisode(openFor(home.server, home.token).forge, version);
    const { issues, ...rest } = await whatIsThere(home, version);
    // A new run repeats the comments before the last one, and dispatches again.
    const said = issues.map((issue) => ({ ...issue, comments: [...new Set(issue.comments)] }));
    expect({ ...rest, issues: said, dispatches: 1 }).toEqual(whole);
  });
  expect(wrong, SWEEP_NOTE).toEqual([]);
});
