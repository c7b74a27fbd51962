import type { DriftEvidence } from '../../drift/signal.ts';
import type { SignalName } from '../../drift/signals/list.ts';
import { details, paragraphs, table, xyChart } from '../../reports/markdown.ts';
import { formatInstant } from '../../reports/numbers.ts';
import { effectAxis, formatEffect, formatThreshold, SIGNAL_LABELS } from '../../reports/signal-numbers.ts';

/** The effects that one check found, by signal. Signals it could not measure are left out. */
export interface CheckEffects {
  readonly checkedAt: Date;
  readonly effects: Readonly<Partial<Record<SignalName, number>>>;
  /** The evidence after this check, by signal. */
  readonly evidence?: Readonly<Partial<Record<SignalName, DriftEvidence>>>;
}

/** One check's effect of one signal. */
export interface EffectPoint {
  readonly checkedAt: Date;
  readonly effect: number;
}

const SHOWN_CHECKS = 30;

/** The effects of a signal over the last 30 checks that measured it, oldest first. */
export function effectPoints(name: SignalName, history: readonly CheckEffects[]): readonly EffectPoint[] {
  return history
    .flatMap(({ checkedAt, effects }) => {
      const effect = effects[name];
      return effect === undefined ? [] : [{ checkedAt, effect }];
    })
    .sort((a, b) => a.checkedAt.getTime() - b.checkedAt.getTime())
    .slice(-SHOWN_CHECKS);
}

/**
 * The size of one signal's effect over the last 30 checks that measured it, with the threshold as a second
 * line, and the same numbers as a table. Empty with fewer than two such checks: there is no line to draw.
 *
 * The line shows magnitudes, because a threshold bounds an effect in both directions; the table has the signs.
 */
export function effectChart(
  name: SignalName,
  threshold: number | null,
  history: readonly CheckEffects[],
): string {
  const points = effectPoints(name, history);
  const oldest = points[0];
  const newest = points.at(-1);
  if (oldest === undefined || newest === undefined || oldest === newest) return '';

  const { label, scale } = effectAxis(name);
  const sizes = points.map(({ effect }) => scale * Math.abs(effect));
  const limit = threshold === null ? null : scale * threshold;
  const top = 1.1 * Math.max(...sizes, limit ?? 0);
  const line = (values: readonly number[]): string => `line [${values.map(decimal).join(', ')}]`;
  const bar = threshold === null ? 'no threshold' : `threshold ${formatThreshold({ name, threshold })}`;
  const chart = xyChart([
    `title "${SIGNAL_LABELS[name]}: size of the effect, ${bar}"`,
    `x-axis "${points.length} checks, ${formatInstant(oldest.checkedAt)} to ${formatInstant(newest.checkedAt)}" [${points.map((_, index) => `"${index + 1}"`).join(', ')}]`,
    `y-axis "${label}" 0 --> ${decimal(top > 0 ? top : 1)}`,
    line(sizes),
    ...(limit === null ? [] : [line(sizes.map(() => limit))]),
  ]);
  const numbers = table(
    {
      header: ['Check', 'Effect'],
      rows: points.map(({ checkedAt, effect }) => [formatInstant(checkedAt), formatEffect({ name, effect })]),
    },
    'lr',
  );
  return paragraphs([
    threshold === null ? null : 'Blue is the size of the effect, red is the threshold.',
    chart,
    details('The same as a table', numbers),
  ]);
}

/** Four significant digits, never in exponential notation, which Mermaid does not read. */
function decimal(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US', {
    useGrouping: false,
    maximumFractionDigits: 10,
  });
}
