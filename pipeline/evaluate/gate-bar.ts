import { z } from 'zod';
import type { GateConfig } from '../config.ts';

/**
 * The requirement of the gate for one metric. With `no-worse` the challenger may be worse by twice the tolerance at most,
 * and by the tolerance at most when its interval says that it is worse; the tolerance is a share of the champion's value.
 * Earlier releases asked that it is `better` than the champion, worse by at most a share of the champion's value
 * (`relative`), or worse by at most an amount in units of the metric (`absolute`).
 */
export const gateBarSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('no-worse'), tolerance: z.number() }),
  z.strictObject({ kind: z.literal('better') }),
  z.strictObject({ kind: z.literal('relative'), tolerance: z.number() }),
  z.strictObject({ kind: z.literal('absolute'), tolerance: z.number() }),
]);

export type GateBar = Readonly<z.infer<typeof gateBarSchema>>;

/** The metrics of the gate, in the order of its rules. */
const GATE_METRICS = ['rmse', 'ndcgAt10'] as const;
/** The metrics that rules may have: also those of earlier releases, and of the check of pull requests. */
export const RULED_METRICS = [...GATE_METRICS, 'precisionAt10'] as const;
/** The bars of some metrics. */
export type GateBars = Readonly<Partial<Record<(typeof RULED_METRICS)[number], GateBar>>>;

/** The bars of the gate. */
export function barsOf({
  rmseTolerance,
  ndcgTolerance,
}: GateConfig): Readonly<Record<(typeof GATE_METRICS)[number], GateBar>> {
  return {
    rmse: { kind: 'no-worse', tolerance: rmseTolerance },
    ndcgAt10: { kind: 'no-worse', tolerance: ndcgTolerance },
  };
}

/** Whether all rules of a stored decision are those of today. */
export function areTodaysRules(
  rules: readonly { readonly metric: (typeof RULED_METRICS)[number]; readonly bar: GateBar | null }[],
  config: GateConfig,
): boolean {
  const bars = barsOf(config);
  return GATE_METRICS.every((metric) =>
    rules.some((rule) => rule.metric === metric && isSameBar(rule.bar, bars[metric])),
  );
}

function isSameBar(one: GateBar | null, other: GateBar): boolean {
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
