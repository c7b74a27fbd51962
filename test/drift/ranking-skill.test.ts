import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intervalOf, type Measured, type Measurement, pValueOf } from '../../pipeline/drift/measurement.ts';
import type { NewComparison } from '../../pipeline/drift/signals/drift-signal.ts';
import { modelMae } from '../../pipeline/drift/signals/model-mae.ts';
import { modelRmse } from '../../pipeline/drift/signals/model-rmse.ts';
import { modelSkill } from '../../pipeline/drift/signals/model-skill.ts';
import { listSkill, rankingSkill } from '../../pipeline/drift/signals/ranking-skill.ts';
import { skillOf } from '../../pipeline/drift/signals/skill-fall.ts';
import type { PerformanceSummary } from '../../pipeline/ratings/performance.ts';
import golden from '../golden/skill-scipy.json' with { type: 'json' };

/** Users with one rating and one list each. */
function performance(of: {
  readonly own?: readonly number[];
  readonly other?: readonly number[];
  readonly ndcg?: readonly number[];
  readonly popularityNdcg?: readonly number[];
}): PerformanceSummary {
  const users = (of.ndcg ?? of.own ?? []).length;
  const { own = new Array<number>(users).fill(1), other = new Array<number>(users).fill(1) } = of;
  const { ndcg = new Array<number>(users).fill(0), popularityNdcg = new Array<number>(users).fill(0) } = of;
  return {
    userIds: Int32Array.from({ length: users }, (_, user) => user),
    counts: new Int32Array(users).fill(1),
    squaredErrors: Float64Array.from(own, (error) => error ** 2),
    absoluteErrors: Float64Array.from(own),
    baseline: {
      bias: Float64Array.from(other, (error) => error ** 2),
      mean: new Float64Array(users).fill(20),
      biasAbsolute: Float64Array.from(other),
    },
    ranking: {
      lists: new Int32Array(users).fill(1),
      ndcg: Float64Array.from(ndcg),
      popularityNdcg: Float64Array.from(popularityNdcg),
    },
  };
}

type Measuring = { readonly measure: (comparison: NewComparison) => Measurement };

/** These signals use nothing of a comparison but the performance. */
const compare = (
  { measure }: Measuring,
  window: PerformanceSummary | null,
  holdout: PerformanceSummary | null,
): Measurement => measure({ performance: { window, holdout } } as unknown as NewComparison);

function measuredOf(...args: Parameters<typeof compare>): Measured {
  const found = compare(...args);
  if (found.status !== 'measured') throw new Error(found.note);
  return found;
}

test('ranking skill is what the model gains of what popularity lacks', () => {
  // Users with 0.5, 1 and 0 beside popularity's 0.25, 0.5 and 0: (1.5 − 0.75) / (3 − 0.75).
  const skill = skillOf(listSkill, performance({ ndcg: [0.5, 1, 0], popularityNdcg: [0.25, 0.5, 0] }));
  expect(skill?.value).toBeCloseTo(1 / 3, 12);
  // Losses 0.5, 0 and 1 beside 0.75, 0.5 and 1, ratio 2/3: residuals 0, −1/3 and 1/3; 3/2 · 2/9 / 2.25².
  expect(skill?.variance).toBeCloseTo(1 / 3 / 2.25 ** 2, 12);
  expect(skill).toMatchObject({ df: 2, users: 3 });
});

test('lists as good as popularity have no skill, perfect ones have all of it, and worse ones are below 0', () => {
  const of = (ndcg: readonly number[]) =>
    skillOf(listSkill, performance({ ndcg, popularityNdcg: [0.2, 0.4] }))?.value;
  expect(of([0.2, 0.4])).toBeCloseTo(0, 12);
  expect(of([1, 1])).toBe(1);
  expect(of([0, 0])).toBeCloseTo(-0.6 / 1.4, 12);
});

test('users who were not ranked do not count', () => {
  const ranked = performance({ ndcg: [0.5, 1, 0], popularityNdcg: [0.25, 0.5, 0] });
  const more = performance({ ndcg: [0.5, 1, 0, 0, 0], popularityNdcg: [0.25, 0.5, 0, 0, 0] });
  const ranking = {
    ...(more.ranking as NonNullable<typeof more.ranking>),
    lists: Int32Array.of(1, 1, 1, 0, 0),
  };
  expect(skillOf(listSkill, { ...more, ranking })).toEqual(skillOf(listSkill, ranked));
});

test('the fall of ranking skill, its interval and its p-value equal those of SciPy', () => {
  const { ndcg, popularityNdcg, skill, fall } = golden.ranking;
  const side = (of: 'now' | 'before') =>
    performance({ ndcg: ndcg[of], popularityNdcg: ndcg[of].map(() => popularityNdcg[of]) });
  const found = measuredOf(rankingSkill, side('now'), side('before'));
  expect(found.value).toBeCloseTo(skill.now, 10);
  expect(found.reference).toBeCloseTo(skill.before, 10);
  expect(found.effect).toBeCloseTo(fall.effect, 10);
  const [low, high] = intervalOf(found.effect, found.spread as NonNullable<typeof found.spread>, 0.01);
  expect(low).toBeCloseTo(fall.low, 8);
  expect(high).toBeCloseTo(fall.high, 8);
  expect(pValueOf(found.effect, found.spread as NonNullable<typeof found.spread>)).toBeCloseTo(fall.p, 8);
  expect(found.basis).toEqual({ ratings: 60, users: 60 });
});

const { own, other, mae, rmse } = golden.errors;
const errors = (of: 'now' | 'before') => performance({ own: own[of], other: other[of] });

test('the paired growth of the MAE and its interval equal those of SciPy', () => {
  const { paired = null } = measuredOf(modelMae, errors('now'), errors('before'));
  if (paired === null || paired.spread === null) throw new Error('not paired');
  expect(paired.effect).toBeCloseTo(mae.effect, 10);
  expect(intervalOf(paired.effect, paired.spread, 0.01)[0]).toBeCloseTo(mae.low, 8);
  expect(intervalOf(paired.effect, paired.spread, 0.01)[1]).toBeCloseTo(mae.high, 8);
});

test('the paired growth of the RMSE and its interval equal those of SciPy', () => {
  const { paired = null } = measuredOf(modelRmse, errors('now'), errors('before'));
  if (paired === null || paired.spread === null) throw new Error('not paired');
  expect(paired.effect).toBeCloseTo(rmse.effect, 10);
  const [low, high] = intervalOf(paired.effect, paired.spread, 0.01);
  expect((high - low) / 2).toBeCloseTo(rmse.half, 8);
});

test('what makes champion and baseline worse alike is no paired growth, although the error grows', () => {
  const before = performance({ own: [1, 1, 1], other: [1.5, 1.5, 1.5] });
  const hard = performance({ own: [2, 2, 2], other: [2.5, 2.5, 2.5] });
  for (const signal of [modelMae, modelRmse]) {
    const found = measuredOf(signal, hard, before);
    expect(found.effect).toBeCloseTo(1, 12);
    expect(found.paired).toMatchObject({ value: -0.5, reference: -0.5, effect: 0 });
  }
});

test('without absolute errors of the baseline the MAE has no paired form, without a baseline the RMSE has none', () => {
  const old = errors('before');
  const noAbsolute = { ...old, baseline: old.baseline && { ...old.baseline, biasAbsolute: null } };
  expect(measuredOf(modelMae, errors('now'), noAbsolute).paired).toBeNull();
  expect(measuredOf(modelRmse, errors('now'), noAbsolute).paired).not.toBeNull();
  expect(measuredOf(modelRmse, errors('now'), { ...old, baseline: null }).paired).toBeNull();
});

test('ranking skill says why it is not measured', () => {
  const now = performance({ ndcg: [0.5, 1], popularityNdcg: [0.25, 0.5] });
  const nobody = {
    ...(now.ranking as NonNullable<typeof now.ranking>),
    lists: new Int32Array(2),
    ndcg: new Float64Array(2),
    popularityNdcg: new Float64Array(2),
  };
  expect(compare(rankingSkill, now, { ...now, ranking: null })).toMatchObject({
    status: 'unmeasured',
    note: 'The lists of the champion were not compared with popularity when it was trained. The next training adds this.',
  });
  expect(compare(rankingSkill, { ...now, ranking: nobody }, now)).toMatchObject({
    status: 'unmeasured',
    reference: expect.closeTo(0.6, 12),
    note: 'No user gave 4★ or more to a movie that the user had not rated before.',
  });
});

test.each([modelSkill, rankingSkill])('the interval of $name stays within what is possible', (signal) => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const error = fc.double({ min: 0.01, max: 4.5, noNaN: true });
  const user = fc.record({ own: error, other: error, ndcg: share, popularityNdcg: share });
  const side = fc.array(user, { minLength: 2, maxLength: 4 }).map((users) =>
    performance({
      own: users.map((one) => one.own),
      other: users.map((one) => one.other),
      ndcg: users.map((one) => one.ndcg),
      popularityNdcg: users.map((one) => one.popularityNdcg),
    }),
  );
  fc.assert(
    fc.property(side, side, (now, before) => {
      const found = compare(signal, now, before);
      fc.pre(found.status === 'measured' && found.spread !== null);
      const { effect, reference, spread } = found as Measured & { readonly reference: number };
      const [low, high] = intervalOf(effect, spread as NonNullable<typeof spread>, 0.01);
      // The best the champion can do is a skill of 1; the worst depends on how good the baseline is.
      const worst = skillOfWorst(signal, now);
      expect(low).toBeGreaterThanOrEqual(reference - 1 - 1e-9);
      expect(high).toBeLessThanOrEqual(reference - worst + 1e-9 * (1 + Math.abs(worst)));
      expect(low).toBeLessThanOrEqual(effect + 1e-9);
      expect(high).toBeGreaterThanOrEqual(effect - 1e-9 * (1 + Math.abs(effect)));
    }),
  );
});

/** The skill of a champion whose errors are 4.5★ each, or whose lists have no hit. */
function skillOfWorst(signal: typeof modelSkill | typeof rankingSkill, now: PerformanceSummary): number {
  const users = now.counts.length;
  const sum = (numbers: ArrayLike<number>): number => Array.from(numbers).reduce((a, b) => a + b, 0);
  if (signal === rankingSkill) return 1 - users / (users - sum(now.ranking?.popularityNdcg ?? []));
  const baseline = Math.min(sum(now.baseline?.bias ?? []), sum(now.baseline?.mean ?? []));
  return 1 - 4.5 / Math.sqrt(baseline / users);
}
