import { beforeAll, expect, test } from 'vitest';
import type { ConfigInput } from '../../pipeline/config.ts';
import { checkDrift } from '../../pipeline/drift/check.ts';
import { type DriftReference, driftReference } from '../../pipeline/drift/reference.ts';
import type { Sample } from '../../pipeline/drift/sample.ts';
import type { DriftCheck, WindowName } from '../../pipeline/drift/signal.ts';
import { DRIFT_SIGNALS, type SignalName } from '../../pipeline/drift/signals/list.ts';
import { emptyRatings, type Ratings, selectRatings } from '../../pipeline/ratings/ratings.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import {
  genresOf,
  holdoutOf,
  inOrder,
  type SimulatedSite,
  sampleOf,
  simulatedSite,
  together,
} from './simulated-site.ts';

const shape = { users: 120, ratingsPerUser: 90 };
let site: SimulatedSite;
let training: Ratings;
let reference: DriftReference;

beforeAll(() => {
  site = simulatedSite(21);
  training = inOrder(Array.from({ length: 15 }, () => site.batch(shape)));
  reference = driftReference(training, genresOf, holdoutOf(training));
});

function check(newest: Sample, drift: ConfigInput['drift'] = {}, buffer: Sample | null = null): DriftCheck {
  const batches = buffer && { ...buffer, batches: 2 };
  return checkDrift({ reference, newest, buffer: batches, genresOf }, parseConfig({ drift }, 'test').drift);
}

const signal = ({ signals }: DriftCheck, name: SignalName, window: WindowName = 'newest') => {
  const found = signals.find((one) => one.name === name && one.window === window);
  if (found === undefined) throw new Error(`no signal ${name} on ${window}`);
  return found;
};

/** The batch with a function applied to every rating. */
function withHalves(batch: Ratings, change: (halves: number) => number): Ratings {
  return {
    ...batch,
    halves: batch.halves.map((halves) => Math.max(1, Math.min(10, Math.round(change(halves))))),
  };
}

test('ordinary ratings are ok, and every signal is ok or blind and says so', () => {
  const found = check(sampleOf(site.branch(1).batch({ users: 130, ratingsPerUser: 95 })));
  expect(found.verdict).toBe('ok');
  expect(found.signals.map(({ name }) => name)).toEqual(DRIFT_SIGNALS.map(({ name }) => name));
  for (const { name, effect, interval, threshold, verdict, note } of found.signals) {
    const half = ((interval?.[1] as number) - (interval?.[0] as number)) / 2;
    if (verdict === 'ok') continue;
    expect({ name, verdict }).toEqual({ name, verdict: 'insufficient' });
    expect(half).toBeGreaterThan((threshold as number) / 2);
    expect((interval?.[1] as number) > (threshold as number) || Math.abs(effect as number) < half).toBe(true);
    expect(note).toMatch(/^Blind: the interval of ±[\d.]+ is [\d.]+ times the threshold of [\d.]+/);
  }
});

test('with more users a blind signal sees', () => {
  const blind = (users: number): readonly string[] =>
    check(sampleOf(site.branch(1).batch({ users, ratingsPerUser: 20 })))
      .signals.filter(({ note }) => note.startsWith('Blind'))
      .map(({ name }) => name);
  expect(blind(60)).toContain('user_mean_shift');
  expect(blind(900)).not.toContain('user_mean_shift');
});

test('the training ratings compared with themselves have no effect under classic', () => {
  const found = check(
    { summary: reference.summary, performance: reference.performance },
    { preset: 'classic' },
  );
  expect(found.verdict).toBe('ok');
  for (const name of ['rating_distribution_ks', 'rating_mean', 'rating_std'] as const) {
    expect(signal(found, name)).toMatchObject({ effect: 0, verdict: 'ok' });
  }
});

test('every robust signal has numbers, an interval around its effect, and a p-value', () => {
  for (const one of check(sampleOf(site.branch(1).batch(shape))).signals) {
    const [low, high] = one.interval ?? [Number.NaN, Number.NaN];
    expect(low).toBeLessThanOrEqual(one.effect as number);
    expect(high).toBeGreaterThanOrEqual(one.effect as number);
    expect(one.pValue).toBeGreaterThanOrEqual(0);
    expect(one.pValue).toBeLessThanOrEqual(1);
  }
});

test('a raised mean is drift of the mean, of the distribution and of user means', () => {
  const found = check(sampleOf(site.branch(2).batch({ ...shape, shift: 0.6 })));
  expect(found.verdict).toBe('drift');
  for (const name of ['rating_mean', 'rating_distribution_ks', 'user_mean_shift'] as const) {
    expect(signal(found, name).verdict).toBe('drift');
  }
  expect(signal(found, 'user_mean_shift').effect).toBeGreaterThan(0.4);
});

test('a fallen mean is drift as well', () => {
  const batch = withHalves(site.branch(3).batch(shape), (halves) => halves - 1);
  expect(signal(check(sampleOf(batch)), 'rating_mean').verdict).toBe('drift');
});

test('a wider spread with the same mean is drift of the standard deviation, not of the mean', () => {
  const batch = withHalves(site.branch(4).batch(shape), (halves) => 7 + (halves - 7) * 1.6);
  const found = check(sampleOf(batch));
  expect(signal(found, 'rating_std').verdict).toBe('drift');
  expect(signal(found, 'user_mean_shift').verdict).not.toBe('drift');
});

test('other genres are only drift of genre shares', () => {
  const batch = site.branch(5).batch(shape);
  // Movies 8, 16, 24, … all have the same two genres.
  const sample = sampleOf({
    ...batch,
    movieIds: batch.movieIds.map((id, row) => (row % 4 === 0 ? id - (id % 8) + 8 : id)),
  });
  const found = check(sample);
  expect(found.signals.filter(({ verdict }) => verdict === 'drift').map(({ name }) => name)).toEqual([
    'genre_js',
  ]);
  expect(found.contributors[0]).toMatchObject({ kind: 'genre', label: 'Action' });
});

test('ratings on movies unseen in training are drift of their share', () => {
  const batch = site.branch(6).batch(shape);
  const sample = sampleOf({
    ...batch,
    movieIds: batch.movieIds.map((id, row) => (row % 5 === 0 ? 100_000 + 8 * id : id)),
  });
  const share = signal(check(sample), 'new_movie_share');
  expect(share.verdict).toBe('drift');
  expect(share.value).toBeCloseTo(0.2, 2);
});

test('ratings by new users are drift only beyond the ordinary share of new users', () => {
  const batch = site.branch(7).batch(shape);
  const usual = signal(check(sampleOf(batch)), 'new_user_share');
  // Seven users in ten are always new here.
  expect(usual.reference).toBeCloseTo(0.7, 1);
  // The share varies by more than its threshold from one past window to the next.
  expect(usual.verdict).toBe('insufficient');
  const all = { ...batch, userIds: batch.userIds.map((id) => 1_000_000 + id) };
  expect(signal(check(sampleOf(all)), 'new_user_share')).toMatchObject({ value: 1, verdict: 'drift' });
});

test('a site whose users are always new has no drift of new users', () => {
  let next = 0;
  const renamed = (batch: Ratings): Ratings => {
    const names = new Map<number, number>();
    for (const id of batch.userIds) if (!names.has(id)) names.set(id, ++next);
    const userIds = batch.userIds.map((id) => names.get(id) as number);
    return { ...batch, userIds };
  };
  const batches = Array.from({ length: 16 }, (_, seed) => renamed(site.branch(seed).batch(shape)));
  const always = driftReference(inOrder(batches.slice(0, 15)), genresOf, null);
  const { drift } = parseConfig({}, 'test');
  const newest = { summary: summariseRatings(batches[15] as Ratings), performance: null };
  const found = checkDrift({ reference: always, newest, buffer: null, genresOf }, drift);
  const share = signal(found, 'new_user_share');
  expect(share).toMatchObject({ value: 1, verdict: 'ok' });
  // Slightly below 1: the cut between two past windows goes through the ratings of one user.
  expect(share.reference).toBeGreaterThan(0.97);
});

test('larger errors of the champion are drift, smaller ones are not', () => {
  const sample = sampleOf(site.branch(8).batch(shape));
  const scaled = (factor: number): Sample => {
    const performance = sample.performance as NonNullable<Sample['performance']>;
    return {
      summary: sample.summary,
      performance: {
        ...performance,
        squaredErrors: performance.squaredErrors.map((error) => error * factor ** 2),
        absoluteErrors: performance.absoluteErrors.map((error) => error * factor),
      },
    };
  };
  const worse = check(scaled(1.5));
  expect(signal(worse, 'model_rmse').verdict).toBe('drift');
  expect(signal(worse, 'model_mae').verdict).toBe('drift');
  const better = check(scaled(0.5));
  expect(better.verdict).toBe('ok');
  expect(signal(better, 'model_rmse').effect).toBeLessThan(-0.3);
});

test('without a scored champion its signals are insufficient and say so', () => {
  const { summary } = sampleOf(site.branch(9).batch(shape));
  expect(signal(check({ summary, performance: null }), 'model_rmse')).toMatchObject({
    verdict: 'insufficient',
    note: 'No champion was scored.',
  });
});

test('fewer than fifty users are insufficient under robust, with any ratings', () => {
  const found = check(sampleOf(site.branch(10).batch({ users: 49, ratingsPerUser: 300, shift: 1 })));
  expect(found.verdict).toBe('insufficient');
  expect(signal(found, 'rating_mean')).toMatchObject({
    verdict: 'insufficient',
    note: 'The window or its reference has only 49 users; 50 are needed.',
  });
});

test('fewer than ten thousand ratings are insufficient under classic', () => {
  const found = check(sampleOf(site.branch(11).batch({ users: 60, ratingsPerUser: 90, shift: 1 })), {
    preset: 'classic',
  });
  expect(found.verdict).toBe('insufficient');
});

/** Ten thousand ratings by one hundred users: `high` of them 4★, the rest 3★. */
function twoLevels(high: number): Ratings {
  const ratings = emptyRatings(10_000);
  for (let row = 0; row < ratings.length; row++) {
    ratings.userIds[row] = 1 + (row % 100);
    ratings.movieIds[row] = 1 + Math.floor(row / 100);
    ratings.halves[row] = row < high ? 8 : 6;
    ratings.ratedAt[row] = row;
  }
  return ratings;
}

test.each([
  [5_500, 'watch'],
  [5_501, 'drift'],
  [5_299, 'ok'],
])(
  'under classic a distribution with %i of 10,000 raised against 5,000 is %s: beyond 0.05, not at it',
  (high, verdict) => {
    const found = checkDrift(
      {
        reference: driftReference(twoLevels(5_000), () => [], null),
        newest: { summary: summariseRatings(twoLevels(high)), performance: null },
        buffer: null,
        genresOf: () => [],
      },
      parseConfig({ drift: { preset: 'classic' } }, 'test').drift,
    );
    const distribution = signal(found, 'rating_distribution_ks');
    expect(distribution).toMatchObject({ verdict, threshold: 0.05, pValue: null });
    expect(distribution.value).toBeCloseTo((high - 5_000) / 10_000, 12);
    expect(signal(found, 'genre_js').verdict).toBe('insufficient');
  },
);

test('classic reports signals without a threshold, and they never raise an alert', () => {
  const found = check(sampleOf(site.branch(12).batch({ ...shape, users: 140, shift: 0.3 })), {
    preset: 'classic',
  });
  expect(signal(found, 'user_mean_shift')).toMatchObject({ threshold: null, verdict: 'ok' });
  expect(signal(found, 'user_mean_shift').effect).toBeGreaterThan(0.2);
});

test('watch begins at the configured fraction of a threshold', () => {
  const sample = sampleOf(site.branch(2).batch({ ...shape, shift: 0.6 }));
  const thresholds = { user_mean_shift: 1 };
  const at = (watchFraction: number) =>
    signal(check(sample, { watchFraction, robust: { thresholds } }), 'user_mean_shift').verdict;
  expect(at(0.4)).toBe('watch');
  expect(at(0.9)).toBe('ok');
});

test('an effect beyond its threshold is blind when chance may explain it', () => {
  const found = check(sampleOf(site.branch(13).batch(shape)), {
    robust: {
      thresholds: Object.fromEntries(DRIFT_SIGNALS.map(({ name }) => [name, 1e-9])),
    },
  });
  expect(signal(found, 'user_mean_shift').verdict).toBe('insufficient');
});

test('an effect beyond its threshold is `watch` when chance hardly explains it, and drift when it does not', () => {
  const sample = sampleOf(site.branch(16).batch({ ...shape, shift: 0.2 }));
  const at = (familyWiseErrorRate: number) =>
    signal(check(sample, { robust: { familyWiseErrorRate } }), 'user_mean_shift').verdict;
  expect(at(0.05)).toBe('drift');
  expect(at(1e-9)).toBe('watch');
});

test('what batches show together is drift, although no batch shows it alone', () => {
  const future = site.branch(15);
  const small = { users: 250, ratingsPerUser: 20, shift: 0.1 };
  const batches = Array.from({ length: 6 }, () => sampleOf(future.batch(small)));
  const { drift } = parseConfig({ drift: { robust: { thresholds: { user_mean_shift: 0.15 } } } }, 'test');
  const after = (count: number): DriftCheck =>
    checkDrift(
      {
        reference,
        newest: batches[count - 1] as Sample,
        buffer: count === 1 ? null : { ...together(batches.slice(0, count)), batches: count },
        genresOf,
      },
      drift,
    );
  const first = after(1);
  expect(signal(first, 'user_mean_shift').verdict).not.toBe('drift');
  expect(signal(first, 'user_mean_shift').evidence).toMatchObject({ batches: 1 });
  const last = after(6);
  const shift = signal(last, 'user_mean_shift', 'buffer');
  expect(shift).toMatchObject({ verdict: 'drift', evidence: { batches: 6 } });
  expect(shift.effect).toBeLessThan(0.15);
  expect(shift.evidence?.value).toBeGreaterThan(shift.evidence?.bar as number);
  expect(shift.note).toMatch(
    /^The effect is at least 60% of its threshold\. The evidence of 6 batches together is /,
  );
  expect(signal(last, 'user_mean_shift', 'newest').evidence).toBeNull();
});

test('an interval stays within what is possible', () => {
  const { signals } = check(sampleOf(site.branch(17).batch({ users: 55, ratingsPerUser: 30, shift: 0.5 })));
  for (const { name, interval, reference: before } of signals) {
    const [low, high] = interval as readonly [number, number];
    if (name === 'rating_distribution_ks') expect([low >= 0, high <= 1]).toEqual([true, true]);
    if (!name.endsWith('_share')) continue;
    expect(low).toBeGreaterThanOrEqual(-(before as number));
    expect(high).toBeLessThanOrEqual(1 - (before as number));
  }
});

test('the newest window and the buffer are judged separately, and contributors are those of the worse one', () => {
  const future = site.branch(14);
  const quiet = sampleOf(future.batch(shape));
  const strange = inOrder([future.batch({ ...shape, shift: 0.8 })]);
  const newest = sampleOf(selectRatings(strange, Int32Array.from(strange.userIds.keys())));
  const found = check(newest, {}, together([quiet, newest]));
  expect(found.windows.map(({ name }) => name)).toEqual(['newest', 'buffer']);
  expect(found.signals).toHaveLength(2 * DRIFT_SIGNALS.length);
  expect(found.windows[0]?.ratings).toBe(newest.summary.count);
  const groups = found.contributors.filter(({ kind }) => kind === 'user-group');
  expect(groups.map(({ label }) => label)).toEqual(['returning users', 'new users']);
  expect(groups.reduce((share, { windowShare }) => share + windowShare, 0)).toBeCloseTo(1, 12);
  expect(groups[0]?.windowMean).toBeGreaterThan(3.9);
});

/** Ten batches of 100 users; each user of batch `index` rates `starsOf(index)` higher than on the quiet site. */
function batchesWith(starsOf: (index: number) => number): readonly Ratings[] {
  const quiet = simulatedSite(41);
  return Array.from({ length: 13 }, (_, index) =>
    quiet.batch({ users: 150, ratingsPerUser: 60, shift: starsOf(index) }),
  );
}

function shiftAfter(batches: readonly Ratings[], newest: Ratings) {
  const known = driftReference(inOrder(batches), genresOf, null);
  const sample = { summary: summariseRatings(newest), performance: null };
  const { drift } = parseConfig({}, 'test');
  return signal(
    checkDrift({ reference: known, newest: sample, buffer: null, genresOf }, drift),
    'user_mean_shift',
  );
}

test('a batch at the level that the newest training data already had is no drift, and one beyond it is', () => {
  const stepped = batchesWith((index) => (index < 7 ? 0 : 0.5));
  const same = shiftAfter(stepped.slice(0, 12), stepped[12] as Ratings);
  expect(same.verdict).not.toBe('drift');
  expect(Math.abs(same.effect as number)).toBeLessThan(0.15);
  const beyond = batchesWith((index) => (index < 7 ? 0 : index < 12 ? 0.5 : 0.9));
  expect(shiftAfter(beyond.slice(0, 12), beyond[12] as Ratings)).toMatchObject({ verdict: 'drift' });
});

test('a batch at the level of most training data is no drift, although the newest part of it had left that level', () => {
  const bump = batchesWith((index) => (index < 10 || index === 12 ? 0 : 0.5));
  const back = shiftAfter(bump.slice(0, 12), bump[12] as Ratings);
  expect(back.verdict).not.toBe('drift');
});
