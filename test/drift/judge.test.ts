/** One small p-value among many is expected by chance: Holm's adjustment over all signals of a check counts. */
import { expect, test } from 'vitest';
import { judge, type MeasuredSignal } from '../../pipeline/drift/judge.ts';
import { DRIFT_SIGNALS } from '../../pipeline/drift/signals/list.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';

const SETTINGS = parseConfig({ drift: { robust: { familyWiseErrorRate: 0.001 } } }, 'the test').drift;

/** A signal whose effect is 3.6 standard errors and 1.5 thresholds: p = 0.000318 (SciPy: 2 · norm.sf(3.6)). */
function signalOf(name: MeasuredSignal['name'], effect: number): MeasuredSignal {
  const threshold = SETTINGS.robust.thresholds[name];
  const spread = {
    variance: ((1.5 * threshold) / 3.6) ** 2,
    df: Number.POSITIVE_INFINITY,
    comparisons: 1,
    range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const,
  };
  const basis = { ratings: 10_000, users: 1_000 };
  return {
    name,
    window: 'newest',
    measurement: { status: 'measured', value: 0, reference: 0, effect: effect * threshold, spread, basis },
  };
}

const WHOLE = { name: 'buffer', batches: 1 } as const;
const NAME = 'rating_mean';
const others = DRIFT_SIGNALS.map(({ name }) => name).filter((name) => name !== NAME);

test('a p-value below the error rate is drift when it is the only one', () => {
  const [alone] = judge([signalOf(NAME, 1.5)], WHOLE, SETTINGS);
  expect(alone?.pValue).toBeCloseTo(0.000318, 6);
  expect(alone?.verdict).toBe('drift');
});

test('among other signals the same p-value is adjusted by their number, and is no drift', () => {
  const [among] = judge([signalOf(NAME, 1.5), ...others.map((name) => signalOf(name, 0))], WHOLE, SETTINGS);
  expect(others.length).toBeGreaterThan(3);
  expect(among?.pValue).toBeCloseTo(0.000318, 6);
  expect(among).toMatchObject({
    verdict: 'watch',
    note: expect.stringContaining(`adjusted p ${(0.000318_2 * (others.length + 1)).toPrecision(2)}`),
  });
});

test('signals without a p-value do not count in the adjustment', () => {
  const blind = others.map((name): MeasuredSignal => {
    const one = signalOf(name, 0);
    return { ...one, measurement: { status: 'unmeasured', value: null, reference: null, note: 'No data.' } };
  });
  const [among] = judge([signalOf(NAME, 1.5), ...blind], WHOLE, SETTINGS);
  expect(among?.verdict).toBe('drift');
});
