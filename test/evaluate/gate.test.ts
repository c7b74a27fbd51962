import { describe, expect, test } from 'vitest';
import type { GateConfig } from '../../pipeline/config.ts';
import { type GateDecision, type GateRule, gateMetrics } from '../../pipeline/evaluate/evaluation.ts';
import { runGate } from '../../pipeline/evaluate/gate.ts';
import { areTodaysRules, withBar } from '../../pipeline/evaluate/gate-bar.ts';
import { gateSchema } from '../../pipeline/evaluate/gate-schema.ts';
import { rankingTask } from '../../pipeline/evaluate/ranking.ts';
import { resultsAsTold } from '../../pipeline/evaluate/results-as-told.ts';
import type { TrainingReason } from '../../pipeline/lib/training-reason.ts';
import type { Model, Person } from '../../pipeline/model/model.ts';
import { emptyRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { ruleText } from '../../pipeline/reports/gate-table.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { fixedModel } from './fixed-model.ts';
import { rated } from './rated.ts';

const CONFIG: GateConfig = { ...parseConfig({}, 'defaults').gate, resamples: 200 };
const MOVIES = Array.from({ length: 30 }, (_, i) => i + 1);
const USERS = Array.from({ length: 20 }, (_, i) => i + 1);

// Someone rated every movie, every user rated movie 30 before, and gives movie 1 5★ and movie 2 3★ in the holdout.
const seen = rated(
  ...MOVIES.map((movie) => [99, movie, 4] as const),
  ...USERS.map((user) => [user, 30, 4] as const),
);
const holdout = rated(...USERS.flatMap((user) => [[user, 1, 5] as const, [user, 2, 3] as const]));

/** Predicts every rating `error` stars too high, and ranks movie 1 first if `finds` is true. */
function modelWith(error: number, finds = true): Model {
  return fixedModel({
    users: USERS,
    movies: MOVIES,
    predicts: (_user, movie) => (movie === 1 ? 5 : 3) + error,
    scores: (_user, movie) => (movie === 1 && !finds ? -99 : -movie),
  });
}

function gate(
  champion: Model,
  challenger: Model,
  reason: TrainingReason = 'manual',
  data: { seen: Ratings; holdout: Ratings } = { seen, holdout },
): GateDecision {
  return runGate({ champion, challenger, ...data, reason, seed: 1 }, CONFIG);
}

const ruleOf = ({ rules }: GateDecision, metric: GateRule['metric']): GateRule =>
  rules.find((rule) => rule.metric === metric) as GateRule;

test('a challenger with lower RMSE and equally good lists is promoted', () => {
  const decision = gate(modelWith(0.9), modelWith(0.8));
  expect(decision.outcome).toBe('promote');
  expect(ruleOf(decision, 'rmse')).toMatchObject({ bar: { kind: 'no-worse' }, passed: true });
  expect(ruleOf(decision, 'rmse').champion).toBeCloseTo(0.9, 12);
  expect(ruleOf(decision, 'rmse').difference).toBeCloseTo(-0.1, 12);
});

test('an equally good challenger is promoted', () => {
  expect(gate(modelWith(0.9), modelWith(0.9)).outcome).toBe('promote');
});

describe('RMSE may grow', () => {
  // Every user's errors grow alike, so the interval has width 0 and excludes 0.
  test('by the tolerance when the interval says that it grows', () => {
    const decision = gate(modelWith(0.5), modelWith(0.5 * 1.01));
    expect(ruleOf(decision, 'rmse').bar).toEqual({ kind: 'no-worse', tolerance: 0.01 });
    expect(decision.outcome).toBe('promote');
    expect(gate(modelWith(0.5), modelWith(0.5 * 1.0101)).outcome).toBe('refuse');
  });
  test('by twice the tolerance when it does not', () => {
    // Half of the users lose what the other half nearly gains.
    const uneven = (loss: number) =>
      fixedModel({
        users: USERS,
        movies: MOVIES,
        predicts: (user, movie) => (movie === 1 ? 5 : 3) + (user % 2 === 0 ? 0.6 + loss : 0.4),
        scores: (_user, movie) => -movie,
      });
    const rmse = (decision: GateDecision) => ruleOf(decision, 'rmse');
    const little = gate(modelWith(0.5), uneven(-0.003));
    expect(rmse(little).difference).toBeGreaterThan(0.5 * 0.01);
    expect(rmse(little).difference).toBeLessThan(0.5 * 0.02);
    expect(little.outcome).toBe('promote');
    const much = gate(modelWith(0.5), uneven(0.05));
    expect(rmse(much).interval?.[0]).toBeLessThan(0);
    expect(rmse(much).difference).toBeGreaterThan(0.5 * 0.02);
    expect(much.outcome).toBe('refuse');
  });
});

test('better RMSE does not compensate for worse lists', () => {
  const decision = gate(modelWith(0.9), modelWith(0.1, false));
  expect(decision.outcome).toBe('refuse');
  expect(ruleOf(decision, 'rmse').passed).toBe(true);
  expect(ruleOf(decision, 'ndcgAt10')).toMatchObject({ challenger: 0, passed: false });
});

test('one user in twenty may lose the list: that is less than twice the tolerance of NDCG@10', () => {
  const losing = (users: number) =>
    fixedModel({
      users: USERS,
      movies: MOVIES,
      predicts: (_user, movie) => (movie === 1 ? 5 : 3) + 0.1,
      scores: (user, movie) => (movie === 1 && user <= users ? -99 : -movie),
    });
  const one = gate(modelWith(0.9), losing(1));
  expect(ruleOf(one, 'ndcgAt10').difference).toBeCloseTo(-0.05, 12);
  expect(one.outcome).toBe('promote');
  expect(gate(modelWith(0.9), losing(2)).outcome).toBe('refuse');
});

test('the segments have all ratings once, and their squared errors add up', () => {
  const champion = fixedModel({ users: USERS.slice(0, 5), movies: MOVIES, predicts: () => 3 });
  const challenger = fixedModel({ users: USERS.slice(3, 12), movies: MOVIES, predicts: () => 3.5 });
  const { segments = [], ...decision } = gate(champion, challenger);
  expect(segments.map(({ knownTo, users, ratings }) => ({ knownTo, users, ratings }))).toEqual([
    { knownTo: 'both', users: 2, ratings: 4 },
    { knownTo: 'one', users: 10, ratings: 20 },
    { knownTo: 'neither', users: 8, ratings: 16 },
  ]);
  const squares = (of: 'championRmse' | 'challengerRmse') =>
    segments.reduce((sum, segment) => sum + segment.ratings * segment[of] ** 2, 0);
  expect(squares('championRmse')).toBeCloseTo(40 * (decision.champion.rmse as number) ** 2, 9);
  expect(squares('challengerRmse')).toBeCloseTo(40 * (decision.challenger.rmse as number) ** 2, 9);
});

test('a difference that is equal for all users has an interval of width 0', () => {
  const [low, high] = ruleOf(gate(modelWith(0.9), modelWith(0.8)), 'rmse').interval as [number, number];
  expect(low).toBeCloseTo(-0.1, 12);
  expect(high).toBeCloseTo(-0.1, 12);
});

test('a difference that is due to one user has a wide interval', () => {
  const challenger = fixedModel({
    users: USERS,
    movies: MOVIES,
    predicts: (user, movie) => (movie === 1 ? 5 : 3) + (user === 1 ? 0.1 : 0.9),
    scores: (_user, movie) => -movie,
  });
  const { interval, difference } = ruleOf(gate(modelWith(0.9), challenger), 'rmse');
  const [low, high] = interval as [number, number];
  expect(high).toBeCloseTo(0, 12);
  expect(low).toBeLessThan(difference as number);
});

test('movies that only the challenger knows are candidates for both models', () => {
  const champion = fixedModel({ users: USERS, movies: [2, 30], predicts: () => 3 });
  const decision = gate(champion, modelWith(0.1));
  // Of the 30 movies the champion can show movie 2 alone and never has a hit; the challenger shows 1 to 10.
  expect(decision.champion).toMatchObject({ coverage: 1 / 30, recallAt10: 0 });
  expect(decision.challenger).toMatchObject({ coverage: 10 / 30, recallAt10: 1 });
});

test('an empty holdout promotes nothing', () => {
  const decision = gate(modelWith(0.9), modelWith(0.1), 'drift', { seen, holdout: emptyRatings(0) });
  expect(decision.outcome).toBe('refuse');
  expect(decision.rules.map((rule) => ruleText(rule))).toEqual([
    'at most 2% higher than the champion; at most 1% if the interval excludes 0; no rating was held out to measure it on',
    'at most 6% lower than the champion; at most 3% if the interval excludes 0; no user has a liked movie in the holdout to measure it on',
  ]);
  expect(decision.holdout).toEqual({ ratings: 0, users: 0, from: null, to: null });
});

test('without relevant movies the list rule does not pass', () => {
  const decision = gate(modelWith(0.9), modelWith(0.1), 'manual', { seen, holdout: rated([1, 2, 3]) });
  expect(ruleOf(decision, 'rmse').passed).toBe(true);
  expect(ruleOf(decision, 'ndcgAt10')).toMatchObject({ champion: null, passed: false });
  expect(decision.outcome).toBe('refuse');
});

test('the decision describes its holdout', () => {
  expect(gate(modelWith(0.9), modelWith(0.8))).toMatchObject({
    reason: 'manual',
    holdout: { ratings: 40, users: 20, from: 1_000_000_000, to: 1_000_000_039 },
    confidence: 0.95,
    resamples: 200,
    seed: 1,
  });
});

describe('a rule that an earlier release stored as a sentence', () => {
  const stored = (rule: string) => withBar({ metric: 'rmse' as const, rule });
  test('is read as the bar of the sentence', () => {
    expect(stored('lower than the champion').bar).toEqual({ kind: 'better' });
    expect(stored('lower than the champion; no rating was held out to measure it on').bar).toEqual({
      kind: 'better',
    });
    expect(stored('at most 0.7% higher than the champion').bar).toEqual({
      kind: 'relative',
      tolerance: 0.007,
    });
    expect(stored('at most 0.01 lower than the champion').bar).toEqual({
      kind: 'absolute',
      tolerance: 0.01,
    });
  });
  test('has no bar if the sentence is unknown, and then equals no bar', () => {
    const rule = stored('a little better, perhaps');
    expect(rule.bar).toBeNull();
    expect(areTodaysRules([rule], CONFIG)).toBe(false);
  });
  test('is not the rule of today, which a decision of today has', () => {
    expect(areTodaysRules([stored('lower than the champion')], CONFIG)).toBe(false);
    const { rules } = gate(modelWith(0.9), modelWith(0.8));
    expect(areTodaysRules(rules, CONFIG)).toBe(true);
    expect(areTodaysRules(rules, { ...CONFIG, ndcgTolerance: 0.5 })).toBe(false);
  });
});

describe('users whom a model does not know', () => {
  /** Knows `users`. Anyone else is 1 / (1 + n) stars off after n ratings, and finds movie 1 after the first. */
  const learning = (users: readonly number[], error: number): Model => {
    const known = fixedModel({
      users,
      movies: MOVIES,
      predicts: (_user, movie) => (movie === 1 ? 5 : 3) + error,
      scores: (_user, movie) => -movie,
    });
    const stranger = (told: number): Person => ({
      ...known.person(0),
      predict: (movieId) => ({
        rating: (movieId === 1 ? 5 : 3) + 1 / (1 + told),
        deviation: null,
        strategy: 'folded-in',
      }),
      scoreMovies: (into) => {
        into.set(MOVIES.map((movie) => (movie === 1 && told === 0 ? -99 : -movie)));
        return 'folded-in';
      },
    });
    return { ...known, foldIn: (rated) => stranger(rated.length) };
  };
  const half = USERS.slice(0, 10);

  test('are predicted from all that they had told before, by both models', () => {
    const decision = gate(learning(half, 0.5), learning(USERS, 0.25));
    // Each user rated movie 30 before, then movie 1, and movie 2 a second later. The challenger has learned the first.
    const champion = Math.sqrt((20 * 0.25 + 10 * (1 / 4 + 1 / 9)) / 40);
    const challenger = Math.sqrt((20 * 0.0625 + 10 * (0.0625 + 1 / 9)) / 40);
    expect(ruleOf(decision, 'rmse').champion).toBeCloseTo(champion, 12);
    expect(ruleOf(decision, 'rmse').challenger).toBeCloseTo(challenger, 12);
    expect(decision.segments).toMatchObject([
      { knownTo: 'both', ratings: 20, championRmse: 0.5 },
      { knownTo: 'one', ratings: 20 },
    ]);
    expect(decision.served?.champion.rmse).toBe(ruleOf(decision, 'rmse').champion);
    // The models alone are as they were.
    expect(decision.champion.rmse).toBeCloseTo(0.5, 12);
    expect(gateMetrics(decision)).toBe(decision.served);
  });

  test('are ranked by what they had told before the holdout', () => {
    const more = rated(
      ...MOVIES.map((movie) => [99, movie, 4] as const),
      ...half.map((u) => [u, 30, 4] as const),
    );
    const decision = gate(learning([], 0.5), learning([], 0.5), 'manual', { seen: more, holdout });
    // Half of the users had told something.
    expect(ruleOf(decision, 'ndcgAt10').champion).toBeCloseTo(0.5, 12);
  });

  test('are followed in a sample when they have very many ratings', () => {
    const rows: [number, number, number][] = [];
    for (let user = 1; user <= 2_500; user++) for (const movie of MOVIES) rows.push([user, movie, 4]);
    let folds = 0;
    const model = learning([], 0);
    const counting: Model = {
      ...model,
      foldIn: (given) => {
        folds++;
        return model.foldIn(given);
      },
    };
    const many = rated(...rows);
    const task = { ...rankingTask(emptyRatings(0), many, { rankingUsers: 10 }) };
    const data = { train: emptyRatings(0), test: many, task };
    const alone = { errors: new Float64Array(many.length), lists: [] };
    const { errors } = resultsAsTold(counting, alone, data, vocabularyOf(many.userIds));
    // 50,000 of 75,000 ratings: 1,667 users are followed, and the others are unknown for all of their ratings.
    expect(folds).toBe(1_667 * MOVIES.length + 833 + 10);
    // Movie 1 came first, and movie 2 a second later. Predictions are 4★ and less than one more.
    const first = errors.filter((_, row) => rows[row]?.[1] === 2);
    expect(first.filter((error) => error === 3 + 1 - 4)).toHaveLength(833);
    expect(first.filter((error) => error === 3 + 1 / 2 - 4)).toHaveLength(1_667);
  });

  test('a stored decision of an earlier release compared the models alone', () => {
    const decision = gate(learning(half, 0.5), learning(USERS, 0.5));
    expect(gateSchema.parse(JSON.parse(JSON.stringify(decision)))).toEqual(decision);
    const { served: _, ...earlier } = decision;
    const read = gateSchema.parse(JSON.parse(JSON.stringify(earlier)));
    expect(gateMetrics(read).champion.rmse).toBe(decision.champion.rmse);
  });
});
