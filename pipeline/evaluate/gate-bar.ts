import { z } from 'zod';
import type { GateConfig } from '../config.ts';

export type TrainingReason = 'first-model' | 'drift' | 'manual';

/**
 * The requirement of the gate for one metric: the challenger is `better` than the champion, worse by at most a share of
 * the champion's value (`relative`), or worse by at most an amount in units of the metric (`absolute`).
 */
export const gateBarSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('better') }),
  z.strictObject({ kind: z.literal('relative'), tolerance: z.number() }),
  z.strictObject({ kind: z.literal('absolute'), tolerance: z.number() }),
]);

export type GateBar = Readonly<z.infer<typeof gateBarSchema>>;

/** The metrics of the gate, in the order of its rules. */
export const GATE_METRICS = ['rmse', 'precisionAt10'] as const;
export type GateBars = Readonly<Record<(typeof GATE_METRICS)[number], GateBar>>;

/**
 * The bars for a training. RMSE must fall. After drift it may grow by the tolerance: the champion, trained on older
 * data, still looks good while the holdout has mostly older behaviour.
 */
export function barsOf(reason: TrainingReason, { rmseTolerance, precisionTolerance }: GateConfig): GateBars {
  return {
    rmse: reason === 'drift' ? { kind: 'relative', tolerance: rmseTolerance } : { kind: 'better' },
    precisionAt10: { kind: 'absolute', tolerance: precisionTolerance },
  };
}

export function isSameBar(one: GateBar | null, other: GateBar): boolean {
  if (one?.kind !== other.kind) return false;
  return one.kind === 'better' || one.tolerance === (other as typeof one).tolerance;
}

/**
 * Reads a stored rule. Earlier releases stored its bar only as a sentence. The sentence never changed in any release, so
 * it is parsed here as a frozen format. Messages are now written from the bar.
 */
export function withBar<Rule extends { readonly bar?: GateBar | null | undefined; readonly rule?: unknown }>(
  stored: Rule,
): Omit<Rule, 'rule' | 'bar'> & { readonly bar: GateBar | null } {
  const { rule, bar, ...rest } = stored;
  return { ...rest, bar: bar ?? barOfSentence(String(rule)) };
}

function barOfSentence(sentence: string): GateBar | null {
  if (/^lower than the /.test(sentence)) return { kind: 'better' };
  const [, amount, unit] = /^at most ([\d.e-]+)(%?) (?:higher|lower) than the /.exec(sentence) ?? [];
  if (amount === undefined) return null;
  return unit === '%'
    ? { kind: 'relative', tolerance: Number((Number(amount) / 100).toPrecision(12)) }
    : { kind: 'absolute', tolerance: Number(amount) };
}
