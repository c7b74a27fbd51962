import { expect, test } from 'vitest';
import { isSevere, QUALITY_KINDS } from '../../pipeline/quality/finding.ts';
import { judgeKnownRows } from '../../pipeline/quality/judge-batch.ts';
import { concatRatings, filterRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import type { RawRatings } from '../../pipeline/ratings/raw.ts';
import { generateDataset } from '../../pipeline/source/load-dataset.ts';
import { prepareDataset } from '../../pipeline/source/prepare.ts';
import { judgeRaw, NOW, PLANTED, type Planted, profileOf, rawOf } from './planted.ts';

const WEEKS = 8;
const USERS = 120;
const { ratings } = generateDataset({ weeks: WEEKS, seed: 1, drift: 1 });
const { train, test: holdout, batches } = prepareDataset(ratings, { weeks: WEEKS, initialShare: 0.6 });
const training = concatRatings([train, holdout]);
const profile = profileOf(training);
const [week] = batches as [Ratings];

/** The ratings of the first users of a batch. */
function ofUsers(batch: Ratings, users: number): Ratings {
  const kept = new Set([...new Set(batch.userIds)].slice(0, users));
  return filterRatings(batch, (row) => kept.has(batch.userIds[row] as number));
}

test('no week has a finding, although two of them have drift', () => {
  expect(batches.flatMap((batch) => judgeRaw(rawOf(batch), profile))).toEqual([]);
});

test.each<[Planted, string, string]>([
  ['halved', 'rating-scale', 'Multiply the ratings of the source by 2.'],
  ['halved, then whole steps', 'rating-scale', 'Multiply the ratings of the source by 2.'],
  [
    'scale 1 to 10',
    'rating-scale',
    'If it is one, state it: --scale 1-10, or source.scale in the configuration.',
  ],
  ['percent', 'rating-scale', 'If it is one, state it: --scale 1-100, or source.scale in the configuration.'],
  ['scale 0 to 1', 'rating-scale', 'Multiply the ratings of the source by 5.'],
  ['whole stars only', 'rating-step', 'Look for the place where the source rounds its ratings.'],
])('%s is found in every week of 120 users, as %s', (planted, kind, remedy) => {
  for (const batch of batches) {
    const findings = judgeRaw(rawOf(ofUsers(batch, USERS), PLANTED[planted]), profile);
    expect(findings.filter(isSevere)).toMatchObject([{ kind, remedy }]);
  }
});

test('a finding says what was seen and what earlier ratings let expect', () => {
  expect(judgeRaw(rawOf(ofUsers(week, USERS), PLANTED['whole stars only']), profile)).toEqual([
    {
      kind: 'rating-step',
      severity: 'severe',
      seen: 'whole stars: 0 of 120 users give half stars',
      expected: expect.stringMatching(/^about 1\d\d users, as in training$/),
      remedy: 'Look for the place where the source rounds its ratings.',
    },
  ]);
});

test('a few values above the scale are a warning: the others may be right', () => {
  const raw = rawOf(week);
  raw.stars.set([7, 8, 55]);
  expect(judgeRaw(raw, profile)).toMatchObject([
    { kind: 'rating-scale', severity: 'warning', seen: expect.stringContaining('ratings up to 55: 3 of ') },
  ]);
});

test('values between half stars are found when they are many', () => {
  const findings = judgeRaw(
    rawOf(week, (stars) => (stars === 4 ? 3.7 : stars)),
    profile,
  );
  expect(findings.filter(isSevere)).toMatchObject([
    { kind: 'rating-step', expected: 'steps of half a star' },
  ]);
});

test('the first half stars are only worth knowing', () => {
  const whole = profileOf({ ...training, halves: training.halves.map((half) => half + (half % 2)) });
  expect(judgeRaw(rawOf(week), whole)).toMatchObject([{ kind: 'rating-step', severity: 'info' }]);
});

test('a scale without its lower end is found, and may be drift', () => {
  const findings = judgeRaw(
    rawOf(week, (stars) => 2.5 + Math.floor(stars) / 2),
    profile,
  );
  expect(findings).toMatchObject([
    { kind: 'rating-scale', severity: 'warning', seen: expect.stringMatching(/users rate below (2\.5|3)★$/) },
  ]);
});

/** The week with additional rows: user, movie, stars, time. */
function withRows(rows: readonly (readonly [number, number, number, number])[]): RawRatings {
  const raw = rawOf(week);
  const column = (values: Float64Array, at: number): Float64Array =>
    Float64Array.from([...values, ...rows.map((row) => row[at] as number)]);
  return {
    ...raw,
    length: raw.length + rows.length,
    userIds: column(raw.userIds, 0),
    movieIds: column(raw.movieIds, 1),
    stars: column(raw.stars, 2),
    timestamps: column(raw.timestamps, 3),
  };
}

const someTime = week.ratedAt[0] as number;

test('a user who gives a large share of the batch is named', () => {
  const flood = Array.from({ length: 6_000 }, (_, i) => [900_001, i + 1, 0.5, someTime + i] as const);
  expect(judgeRaw(withRows(flood), profile)).toMatchObject([
    {
      kind: 'largest-user',
      severity: 'warning',
      user: '900001',
      seen: 'user 900001, who is new, gives 6,000 of 16,001 ratings (37.5%)',
      remedy: expect.stringContaining('cinematch quarantine --user 900001'),
    },
  ]);
});

test('rows that cannot be used, times in the future and times in milliseconds are found', () => {
  const damaged = Array.from({ length: 400 }, (_, i) => [-1, i + 1, 4, someTime] as const);
  expect(judgeRaw(withRows(damaged), profile)).toMatchObject([
    { kind: 'rejected-rows', severity: 'warning' },
  ]);
  const late = [[5, 1, 4, NOW + 60] as const];
  expect(judgeRaw(withRows(late), profile)).toMatchObject([
    { kind: 'future-times', severity: 'warning', seen: expect.stringMatching(/^1 of .* after now$/) },
  ]);
  const raw = rawOf(week);
  const milliseconds = { ...raw, timestamps: raw.timestamps.map((time) => 1000 * time) };
  expect(judgeRaw(milliseconds, profile)).toContainEqual(
    expect.objectContaining({ kind: 'future-times', remedy: 'Divide the times of the source by 1,000.' }),
  );
});

test('ratings from long before the training data are found, and not those shortly before it', () => {
  const at = (seconds: number) => withRows([[900_002, 1, 4, seconds]]);
  expect(judgeRaw(at(profile.from - 20 * 86_400), profile)).toEqual([]);
  expect(judgeRaw(at(profile.from - 60 * 86_400), profile)).toMatchObject([{ kind: 'early-times' }]);
});

test('one time for most ratings of several users is found, and a batch that is older than an earlier one', () => {
  const raw = rawOf(week);
  expect(judgeRaw({ ...raw, timestamps: raw.timestamps.map(() => someTime) }, profile)).toMatchObject([
    { kind: 'equal-times', severity: 'warning' },
  ]);
  const later = { ...profile, newest: { ratedAt: someTime + 10 ** 8, name: 'batch 7' } };
  expect(judgeRaw(raw, later)).toMatchObject([
    { kind: 'batch-order', severity: 'info', expected: expect.stringContaining('newer than batch 7') },
  ]);
});

test('ratings that the store had before are worth knowing, and a warning when they are most', () => {
  expect(judgeKnownRows(40, 1_000, profile)).toEqual([]);
  expect(judgeKnownRows(60, 1_000, profile)).toMatchObject([{ kind: 'known-rows', severity: 'info' }]);
  expect(judgeKnownRows(600, 1_000, profile)).toMatchObject([{ severity: 'warning' }]);
  const usual = { ...profile, unchanged: profile.read / 2 };
  expect(judgeKnownRows(600, 1_000, usual)).toMatchObject([{ severity: 'info' }]);
});

test('without earlier ratings only what needs no comparison is found', () => {
  expect(judgeRaw(rawOf(week, PLANTED['whole stars only']), null)).toEqual([]);
  expect(judgeRaw(rawOf(week, PLANTED['scale 1 to 10']), null)).toMatchObject([{ kind: 'rating-scale' }]);
});

test('the kinds have the names that are stored', () => {
  expect(Object.keys(QUALITY_KINDS)).toEqual([
    'rating-scale',
    'rating-step',
    'rejected-rows',
    'known-rows',
    'largest-user',
    'future-times',
    'early-times',
    'equal-times',
    'batch-order',
  ]);
});
