import type { DriftCheck, SignalResult, Verdict } from '../drift/signal.ts';

const WEIGHT: Readonly<Record<Verdict, number>> = { drift: 3, watch: 2, ok: 1, insufficient: 0 };

/** The rank of a signal: its verdict first, then its effect as a multiple of its threshold. */
function strengthOf({ verdict, effect, threshold }: SignalResult): number {
  const multiple = effect === null || threshold === null ? 0 : Math.abs(effect) / threshold;
  return WEIGHT[verdict] + multiple / (1 + multiple);
}

/** Signals with the strongest first; equals keep their order. */
function strongestFirst(signals: readonly SignalResult[]): readonly SignalResult[] {
  return [...signals].sort((a, b) => strengthOf(b) - strengthOf(a));
}

/** The strongest signal, or null when none could be measured. */
export function strongestSignal({ signals }: Pick<DriftCheck, 'signals'>): SignalResult | null {
  return strongestFirst(signals).find(({ effect }) => effect !== null) ?? null;
}

/** Whether a signal is at `watch` or `drift`. */
export const isRaised = ({ verdict }: SignalResult): boolean => verdict === 'drift' || verdict === 'watch';

/** The signals at `watch` or `drift`, the strongest first. */
export function raisedSignals({ signals }: Pick<DriftCheck, 'signals'>): readonly SignalResult[] {
  return strongestFirst(signals.filter(isRaised));
}
