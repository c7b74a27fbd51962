import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { checkDrift } from '../../pipeline/drift/check.ts';
import { decodeReference, driftReference, encodeReference } from '../../pipeline/drift/reference.ts';
import type { DriftCheck } from '../../pipeline/drift/signal.ts';
import { DRIFT_SIGNALS } from '../../pipeline/drift/signals/list.ts';
import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import { decodeTensors, encodeTensors } from '../../pipeline/lib/safetensors.ts';
import { selectRatings, sliceRatings } from '../../pipeline/ratings/ratings.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import positional from '../golden/drift-reference-positional.json' with { type: 'json' };
import { genresOf, holdoutOf, inOrder, sampleOf, simulatedSite, together } from './simulated-site.ts';

const site = simulatedSite(9);
const training = inOrder(Array.from({ length: 8 }, () => site.batch({ users: 60, ratingsPerUser: 20 })));

test('a decoded reference equals the encoded one', () => {
  const reference = driftReference(training, genresOf, holdoutOf(training), sliceRatings(training, 0, 10));
  expect(decodeReference(encodeReference(reference))).toEqual(reference);
});

test('a decoded reference without genres and without a champion equals the encoded one', () => {
  const reference = driftReference(training, () => [], null);
  expect(reference.past[0]?.windows[0]?.['genre_js']).toEqual([Number.NaN]);
  expect(decodeReference(encodeReference(reference))).toEqual(reference);
});

test('the order in which training ratings are given does not matter', () => {
  const rows = shuffle(
    seededRandom(1),
    Int32Array.from({ length: training.length }, (_, row) => row),
  );
  const shuffled = driftReference(selectRatings(training, rows), genresOf, null);
  expect(encodeReference(shuffled)).toEqual(encodeReference(driftReference(training, genresOf, null)));
});

test('a few training ratings make a reference without past windows', () => {
  const reference = driftReference(sliceRatings(training, 0, 40), genresOf, null);
  expect(reference.past).toEqual([]);
  expect(decodeReference(encodeReference(reference))).toEqual(reference);
});

test('a reference without a required tensor is refused, and the tensor is named', () => {
  const { tensors } = decodeTensors(encodeReference(driftReference(training, genresOf, null)), 'test');
  const { movie_counts: _, ...rest } = Object.fromEntries(tensors);
  expect(() => decodeReference(encodeTensors(rest))).toThrow(
    expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining('movie_counts') }),
  );
});

test('a reference whose tensors do not fit each other is refused', () => {
  const { tensors } = decodeTensors(encodeReference(driftReference(training, genresOf, null)), 'test');
  const broken = { ...Object.fromEntries(tensors), movie_counts: { shape: [1], data: new Int32Array(1) } };
  expect(() => decodeReference(encodeTensors(broken))).toThrow(/movie_counts of shape \[1\]/);
});

/**
 * The check of the golden file: a site whose last batch rates 0.3★ higher, against a stored reference. Signals
 * and fields that were added since are left out.
 */
function checkAgainst(bytes: Uint8Array) {
  const site = simulatedSite(21);
  for (let batch = 0; batch < 5; batch++) site.batch({ users: 60, ratingsPerUser: 20 });
  const before = sampleOf(site.batch({ users: 60, ratingsPerUser: 10 }));
  const newest = sampleOf(site.batch({ users: 60, ratingsPerUser: 10, shift: 0.3 }));
  const check = checkDrift(
    {
      reference: decodeReference(bytes),
      newest,
      buffer: { ...together([before, newest]), batches: 2 },
      genresOf,
    },
    parseConfig({}, 'test').drift,
  );
  const atTheTime = new Set<string>(positional.signals.map(({ name }) => name));
  return {
    preset: check.preset,
    verdict: check.verdict,
    signals: check.signals
      .filter(({ name }) => atTheTime.has(name))
      .map(({ paired: _, evidence, ...signal }) => ({
        ...signal,
        // The bar grows with the number of signals.
        evidence: evidence && { value: evidence.value, batches: evidence.batches },
      })),
    windows: check.windows.map(({ levels: _, ...window }) => window),
    reference: withoutLevels(check.reference),
    contributors: check.contributors,
  };
}

const withoutLevels = ({ levels: _, ...sizes }: DriftCheck['reference']) => sizes;

/**
 * Written before each signal had its own tensor, with the result of the check at that time; but its intervals have the
 * variation between past windows as it is estimated now.
 */
const written = gunzipSync(
  readFileSync(new URL('../golden/drift-reference-positional.safetensors.gz', import.meta.url)),
);
const rewritten = Object.fromEntries(
  decodeTensors(encodeReference(decodeReference(written)), 'test').tensors,
);

test('an older reference with one tensor for all signals gives the same check as before', () => {
  expect(decodeTensors(written, 'test').tensors.has('past_windows')).toBe(true);
  expect(checkAgainst(written)).toEqual(positional);
});

test('a reference has one tensor for each signal that is compared with past windows', () => {
  const { tensors } = decodeTensors(encodeReference(driftReference(training, genresOf, null)), 'test');
  const compared = DRIFT_SIGNALS.filter(({ past }) => past !== null);
  expect([...tensors.keys()].filter((name) => name.startsWith('past')).sort()).toEqual(
    ['past_sizes', ...compared.map(({ name }) => `past.${name}`)].sort(),
  );
});

test('an older reference gives the same check after it is written again', () => {
  expect(rewritten).not.toHaveProperty('past_windows');
  expect(checkAgainst(encodeTensors(rewritten))).toEqual(positional);
});

test('a signal that this version does not have is ignored in a reference', () => {
  const unknown = { shape: [19, 3], data: new Float64Array(57) };
  expect(checkAgainst(encodeTensors({ ...rewritten, 'past.moon_phase': unknown }))).toEqual(positional);
});

test.each(['user_mean_shift', 'rating_distribution_ks', 'new_user_share'])(
  'a reference without the tensor of %s makes it insufficient, and other signals are measured as before',
  (missing) => {
    const { [`past.${missing}`]: _, ...rest } = rewritten;
    const { signals } = checkAgainst(encodeTensors(rest));
    const others = positional.signals.filter(({ name }) => name !== missing);
    expect(signals.filter(({ name }) => name !== missing)).toEqual(
      // The adjustment for several signals counts one less, so verdict and note may differ.
      others.map((signal) => ({ ...signal, verdict: expect.any(String), note: expect.any(String) })),
    );
    const young = signals.filter(({ name }) => name === missing);
    expect(young).toHaveLength(2);
    for (const { verdict, effect, interval, value, note } of young) {
      expect({ verdict, effect, interval }).toEqual({
        verdict: 'insufficient',
        effect: null,
        interval: null,
      });
      expect(value).not.toBeNull();
      expect(note).toContain('The next training adds it.');
    }
  },
);

test('a reference of an earlier release says that its holdout was scored by the model alone', () => {
  expect(driftReference(training, genresOf, holdoutOf(training)).isAsTold).toBe(true);
  expect(decodeReference(written).isAsTold).toBe(false);
  expect(decodeReference(encodeReference(decodeReference(written))).isAsTold).toBe(false);
});
