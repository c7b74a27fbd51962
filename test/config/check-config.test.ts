/** Every problem of a configuration that does not depend on the algorithms. */
import { describe, expect, it, test } from 'vitest';
import { checkConfig } from '../../pipeline/config/check-config.ts';
import { describeProblem } from '../../pipeline/lib/setting-problem.ts';

const problems = (input: unknown): readonly string[] => checkConfig(input).problems.map(describeProblem);
const batches = (...sources: readonly unknown[]) => ({ batches: sources });

test('an empty configuration has no problem, and every default agrees with the others', () => {
  expect(problems({})).toEqual([]);
});

describe('one wrong setting', () => {
  it.each<[string, unknown, string]>([
    ['an unknown group', { retrain: {} }, 'retrain is not a setting. Did you mean retraining?'],
    [
      'an unknown setting',
      { gate: { resample: 1 } },
      'gate.resample is not a setting. Did you mean resamples?',
    ],
    [
      'a setting of another group',
      { minAlerts: 2 },
      'minAlerts is not a setting. Did you mean retraining.minAlerts?',
    ],
    ['a name that is near to none', { zzz: 1 }, 'zzz is not a setting. Accepted: dataset, batches, source,'],
    ['an unknown signal', { drift: { robust: { thresholds: { genre_jss: 1 } } } }, 'Did you mean genre_js?'],
    [
      'an unknown key of a source',
      batches({ kind: 'simulation', week: 3 }),
      'batches[0].week is not a setting. Did you mean weeks? Accepted: kind, dataset, weeks, seed.',
    ],
    [
      'a kind that is misspelled',
      batches({ kind: 'folders' }),
      'batches[0].kind is "folders". Did you mean "folder"? Accepted: one of "simulation",',
    ],
    ['a source without a kind', batches({}), 'batches[0].kind is missing.'],
    [
      'a source that is not an object',
      batches('feedback'),
      'batches[0] is "feedback". Accepted: an object whose kind is one of',
    ],
    [
      'no source',
      batches(),
      'batches is a list. Accepted: a list that is not empty, each entry an object whose kind',
    ],
    [
      'an option that does not exist',
      { drift: { preset: 'robus' } },
      'drift.preset is "robus". Did you mean "robust"? Accepted: "robust" or "classic".',
    ],
    [
      'a number out of its range',
      { drift: { watchFraction: 2 } },
      'drift.watchFraction is 2. Accepted: a number from 0 to 1.',
    ],
    [
      'a distance above 1',
      { drift: { classic: { thresholds: { rating_distribution_ks: 5 } } } },
      'drift.classic.thresholds.rating_distribution_ks is 5. Accepted: a number above 0, at most 1.',
    ],
    ['a number with a fraction', { train: { seed: 1.5 } }, 'train.seed is 1.5. Accepted: a whole number.'],
    [
      'not a number',
      { watchdog: { driftHours: Number.NaN } },
      'watchdog.driftHours is NaN. Accepted: a number above 0.',
    ],
    [
      'a number as text',
      { gate: { resamples: '500' } },
      'gate.resamples is "500". Accepted: a whole number of at least 100.',
    ],
    [
      'null where it is not accepted',
      { serve: { seen: null } },
      'serve.seen is null. Accepted: "bundle" or "database".',
    ],
    [
      'zero movies',
      { serve: { movies: 0 } },
      'serve.movies is 0. Accepted: a whole number above 0, or null.',
    ],
    [
      'an origin with a path',
      { serve: { readOrigins: ['https://a.example/'] } },
      'serve.readOrigins[0] is "https://a.example/". Accepted: * or an origin',
    ],
    [
      'a name with capital letters',
      { dataset: 'ML' },
      'dataset is "ML". Accepted: lower-case letters, digits, dot,',
    ],
    [
      'an empty text',
      { mlflow: { experiment: '' } },
      'mlflow.experiment is "". Accepted: a text that is not empty.',
    ],
    [
      'a group that is not an object',
      { mlflow: 5 },
      'mlflow is 5. Accepted: an object with any of experiment, registeredModel.',
    ],
    [
      'a hyper-parameter as text',
      { train: { hyperParameters: { 'vb-mf.sweeps': '9' } } },
      'train.hyperParameters["vb-mf.sweeps"] is "9". Accepted: a number.',
    ],
    ['a function', () => ({}), 'the default export is a function. Accepted: an object with settings.'],
    ['a promise', Promise.resolve({}), 'the default export is an object of type Promise.'],
    ['nothing', undefined, 'the default export is missing.'],
    ['a list', [], 'the default export is a list.'],
  ])('%s', (_, input, message) => {
    const found = problems(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });
});

describe('settings that contradict each other', () => {
  it.each<[string, unknown, string]>([
    [
      'more alerts than the window has batches',
      { retraining: { minAlerts: 3 } },
      'retraining.alertWindowHours is 168. Accepted: at least 432, because 3 batches can take that long when watchdog.ingestHours is 216.',
    ],
    [
      'a retry after the alerts have expired',
      { retraining: { retryAfterHours: 200 } },
      'retraining.retryAfterHours is 200. Accepted: less than 168,',
    ],
    [
      'more trainings than checked batches',
      { retraining: { coolDown: { trainings: 3, checks: 2 } } },
      'retraining.coolDown.checks is 2. Accepted: at least 3, because each checked batch leads to one training at most',
    ],
    [
      'a training that is due with fewer new ratings than are needed',
      { retraining: { minBufferShare: 0.2, maxBufferShare: 0.1 } },
      'retraining.maxBufferShare is 0.1. Accepted: at least 0.2, because with fewer new ratings than retraining.minBufferShare nothing is trained',
    ],
    [
      'too few resamples for the confidence',
      { gate: { confidence: 0.999 } },
      'gate.resamples is 1000. Accepted: at least 2000, because gate.confidence is 0.999.',
    ],
    [
      'two simulations',
      batches({ kind: 'simulation' }, { kind: 'simulation', seed: 2 }),
      'batches is a list. Accepted: a list with at most one simulation,',
    ],
    [
      'every origin and one more',
      { serve: { readOrigins: ['*', 'https://a.example'] } },
      'serve.readOrigins is a list. Accepted: either * alone or single origins,',
    ],
  ])('%s', (_, input, message) => {
    const found = problems(input);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  it.each<[string, unknown]>([
    ['enough time for the alerts', { retraining: { minAlerts: 3, alertWindowHours: 432 } }],
    ['daily batches', { retraining: { minAlerts: 3 }, watchdog: { ingestHours: 30 } }],
    ['a training at each checked batch', { retraining: { coolDown: { trainings: 1, checks: 1 } } }],
    ['just enough resamples', { gate: { confidence: 0.95, resamples: 100 } }],
    ['single origins', { serve: { readOrigins: ['https://a.example', 'http://localhost:5173'] } }],
  ])('%s: no problem', (_, input) => {
    expect(problems(input)).toEqual([]);
  });
});

test('all problems are found at once, also contradictions beside wrong settings', () => {
  const input = {
    ...batches({ kind: 'url' }, { kind: 'simulation', weeks: 0 }),
    drift: { preset: 'x', robust: { minUsers: -1 } },
    gate: { confidence: 0.999 },
    mlflo: {},
  };
  expect(problems(input).map((text) => text.split(' ', 1)[0])).toEqual([
    'batches[0].template',
    'batches[1].weeks',
    'drift.preset',
    'drift.robust.minUsers',
    'mlflo',
    'gate.resamples',
  ]);
});

test('a wrong setting is not compared with the settings that it must agree with', () => {
  expect(problems({ retraining: { minAlerts: 'three', alertWindowHours: 1, retryAfterHours: 0.5 } })).toEqual(
    ['retraining.minAlerts is "three". Accepted: a whole number above 0.'],
  );
});

test('a wrong setting has its default in the configuration, and the others have their values', () => {
  const { config } = checkConfig({ dataset: 'films', train: { algorithm: 5, seed: 9 }, batches: [5] });
  expect(config).toMatchObject({ dataset: 'films', train: { algorithm: 'vb-mf+ials', seed: 9 } });
  expect(config.batches.map(({ kind }) => kind)).toEqual(['feedback', 'simulation']);
});

test.each([
  ['a password in a URL', batches({ kind: 'url', template: 'https://me:s3cret@x.org/{n}.csv' })],
  ['a key in a URL', batches({ kind: 'url', template: 'https://x.org/{n}.csv?key=s3cret' })],
  ['a setting that does not exist', { databaseUrl: 's3cret', mlflow: { token: 's3cret' } }],
  ['an object instead of a text', { dataset: { token: 's3cret' } }],
])('%s is refused and not shown', (_, input) => {
  const found = problems(input);
  expect(found.length).toBeGreaterThan(0);
  expect(found.join('\n')).not.toContain('s3cret');
});

test('a configuration cannot be changed', () => {
  const { config } = checkConfig({});
  expect(() => Object.assign(config.drift.robust, { minUsers: 1 })).toThrow(TypeError);
});
