import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkDrift } from '../../pipeline/drift/check.ts';
import { overUsers, ratioSums } from '../../pipeline/drift/estimate.ts';
import { driftReference } from '../../pipeline/drift/reference.ts';
import { ratingSkill } from '../../pipeline/drift/signals/model-skill.ts';
import { skillOf as skillScore } from '../../pipeline/drift/signals/skill-fall.ts';
import { skillBaseline } from '../../pipeline/ratings/skill-baseline.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { ratingsOf } from '../ratings/some-ratings.ts';
import { genresOf, holdoutOf, inOrder, sampleOf, simulatedSite } from './simulated-site.ts';

/** Squared errors of one rating each: the champion's, the bias baseline's, the mean's. */
type Errors = readonly (readonly [champion: number, bias: number, mean: number])[];

const performance = (users: readonly Errors[]) => ({
  userIds: Int32Array.from(users.keys()),
  counts: Int32Array.from(users, (ratings) => ratings.length),
  squaredErrors: Float64Array.from(users, (ratings) => sum(ratings, ([champion]) => champion)),
  absoluteErrors: new Float64Array(users.length),
  baseline: {
    bias: Float64Array.from(users, (ratings) => sum(ratings, ([, bias]) => bias)),
    mean: Float64Array.from(users, (ratings) => sum(ratings, ([, , mean]) => mean)),
    biasAbsolute: null,
  },
  ranking: null,
});

const skillOf = (of: ReturnType<typeof performance>) => skillScore(ratingSkill, of);

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

test('the bias baseline adds damped biases of movie and user to the mean', () => {
  const baseline = skillBaseline(
    summariseRatings(
      ratingsOf([
        [1, 10, 10, 1],
        [1, 20, 8, 1],
        [2, 10, 6, 1],
      ]),
    ),
  );
  // Mean 4★. Movie 10: 5★ and 3★, bias 0. Movie 20: 4★, bias 0. User 1: 5★ and 4★, (9 − 8) / (2 + 10). User 2: 3★,
  // (3 − 4) / (1 + 10).
  expect(baseline?.mean).toBe(4);
  expect(baseline?.predict(1, 20)).toBeCloseTo(4 + 1 / 12, 12);
  expect(baseline?.predict(2, 10)).toBeCloseTo(4 - 1 / 11, 12);
  expect(baseline?.predict(3, 30)).toBe(4);
});

test('the bias of a movie is damped by 25 ratings, and predictions stay on the scale', () => {
  const rows = Array.from(
    { length: 50 },
    (_, user) => [user, user < 25 ? 1 : 2, user < 25 ? 10 : 6, 1] as const,
  );
  const baseline = skillBaseline(summariseRatings(ratingsOf(rows.map((row) => [...row]))));
  // Mean 4★. Movie 1: 25 times 5★, 25·1 / (25 + 25). Movie 2: the same below.
  expect(baseline?.predict(100, 1)).toBeCloseTo(4.5, 12);
  expect(baseline?.predict(100, 2)).toBeCloseTo(3.5, 12);
  const high = skillBaseline(summariseRatings(ratingsOf(rows.map(([user, movie]) => [user, movie, 10, 1]))));
  expect(high?.predict(1, 1)).toBe(5);
});

test('a summary without levels by movie has no bias baseline', () => {
  expect(skillBaseline({ ...summariseRatings(ratingsOf([[1, 1, 5, 1]])), movieLevels: null })).toBeNull();
});

test('skill is measured against the stronger baseline', () => {
  // Champion Σ = 1 + 4 + 4 = 9; biases 16, mean 25: 1 − √(9 / 16). With mean 9 instead: 1 − √(9 / 9).
  const users: readonly Errors[] = [
    [
      [1, 6, 10],
      [4, 4, 5],
    ],
    [[4, 6, 10]],
  ];
  expect(skillOf(performance(users))?.value).toBeCloseTo(0.25, 12);
  const broken = users.map((ratings) => ratings.map(([champion, bias]) => [champion, bias, 3] as const));
  expect(skillOf(performance(broken))?.value).toBeCloseTo(0, 12);
});

test('the variance of skill is that of a ratio over users with paired errors', () => {
  const error = fc.double({ min: 0.01, max: 9, noNaN: true });
  const user = fc.array(fc.tuple(error, error, fc.constant(9)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(user, { minLength: 2, maxLength: 12 }), (users) => {
      const skill = skillOf(performance(users));
      const champion = sum(users.flat(), ([own]) => own);
      const bias = sum(users.flat(), ([, plain]) => plain);
      fc.pre(bias <= 9 * users.flat().length);
      const ratio = champion / bias;
      // By definition: Σ_u (A_u − R·B_u)² / B², corrected for the sizes B_u, then the derivative of the root, 1 / (2√R).
      const residuals = users.map((ratings) => sum(ratings, ([own, plain]) => own - ratio * plain));
      const sizes = users.map((ratings) => sum(ratings, ([, plain]) => plain));
      const squares = sum(residuals, (one) => one ** 2);
      const corrected = overUsers(users.length, squares, ratioSums(sizes, sizes));
      fc.pre(Number.isFinite(corrected.variance) && corrected.variance < 1e6 * squares);
      // Errors that are proportional, but for rounding, have no variance.
      fc.pre(squares > 1e-12 * bias ** 2);
      const ofRatio = corrected.variance / bias ** 2;
      expect(skill?.value).toBeCloseTo(1 - Math.sqrt(ratio), 12);
      expect((skill?.variance as number) / (ofRatio / (4 * ratio))).toBeCloseTo(1, 6);
      expect(skill?.df).toBeCloseTo(corrected.df, 9);
    }),
  );
});

test('a champion whose errors are proportional to those of the baseline has a skill without variance', () => {
  const users: readonly Errors[] = [[[1, 4, 9]], [[2, 8, 9]], [[0.5, 2, 9]]];
  expect(skillOf(performance(users))).toMatchObject({ value: 0.5 });
  expect(skillOf(performance(users))?.variance).toBeCloseTo(0, 15);
});

const shape = { users: 120, ratingsPerUser: 60 };
const site = simulatedSite(31);
const training = inOrder(Array.from({ length: 12 }, () => site.batch(shape)));

function skillSignal(newest: ReturnType<typeof sampleOf>, holdout = holdoutOf(training)) {
  const { drift } = parseConfig({}, 'test');
  const reference = driftReference(training, genresOf, holdout);
  const { signals } = checkDrift({ reference, newest, buffer: null, genresOf }, drift);
  return signals.find(({ name }) => name === 'model_skill');
}

function withErrors(newest: ReturnType<typeof sampleOf>, champion: number, baseline: number) {
  const performance = newest.performance as NonNullable<typeof newest.performance>;
  const times = (factor: number) => (error: number) => error * factor;
  return {
    ...newest,
    performance: {
      ...performance,
      squaredErrors: performance.squaredErrors.map(times(champion)),
      baseline: performance.baseline && {
        bias: performance.baseline.bias.map(times(baseline)),
        mean: performance.baseline.mean.map(times(baseline)),
        biasAbsolute: null,
      },
    },
  };
}

test('a hard stretch for champion and baseline alike is no fall of skill, and an easy one no improvement', () => {
  const newest = sampleOf(site.branch(1).batch(shape));
  const before = skillSignal(newest);
  // The interval of 120 users is wider than the threshold, so that they cannot show that there is no fall either.
  expect(before?.verdict).toBe('insufficient');
  for (const factor of [0.25, 4]) {
    expect(skillSignal(withErrors(newest, factor, factor))?.effect).toBeCloseTo(before?.effect as number, 12);
  }
});

test('a champion that is no better than the baseline any more is drift of skill', () => {
  const newest = sampleOf(site.branch(2).batch(shape));
  const lost = skillSignal(withErrors(newest, 1.5, 1));
  expect(lost?.verdict).toBe('drift');
  expect(lost?.effect).toBeCloseTo((lost?.reference as number) - (lost?.value as number), 12);
});

test('without the errors of a baseline skill is insufficient, and the value that is known is shown', () => {
  const newest = sampleOf(site.branch(3).batch(shape));
  const holdout = holdoutOf(training);
  const old = skillSignal(newest, holdout && { ...holdout, baseline: null });
  expect(old).toMatchObject({ verdict: 'insufficient', reference: null });
  expect(old?.value).toBeGreaterThan(0);
  expect(old?.note).toContain('The next training adds this.');
});
