import { hasAddedUp } from '../../drift/evidence.ts';
import type { DriftCheck, DriftEvidence, SignalResult } from '../../drift/signal.ts';
import type { SignalName } from '../../drift/signals/list.ts';
import { formatCount } from '../../reports/numbers.ts';
import type { CheckEffects } from './effect-chart.ts';

/** A signal with the evidence of all batches since the training. */
export type SignalWithEvidence = SignalResult & { readonly evidence: DriftEvidence };

/** The signals that have evidence, the one nearest to its bar, or furthest beyond it, first. */
export function signalsWithEvidence({ signals }: DriftCheck): readonly SignalWithEvidence[] {
  const share = ({ evidence }: SignalWithEvidence): number => evidence.value / evidence.bar;
  return signals
    .filter((signal): signal is SignalWithEvidence => signal.evidence !== null)
    .sort((a, b) => share(b) - share(a));
}

/** The evidence of a signal after each number of batches, the fewest first. Of checks of the same batches the last counts. */
export function evidencePoints(
  { name, evidence }: SignalWithEvidence,
  history: readonly CheckEffects[],
): readonly DriftEvidence[] {
  const byBatches = new Map<number, DriftEvidence>();
  const earlier = [...history].sort((a, b) => a.checkedAt.getTime() - b.checkedAt.getTime());
  for (const past of earlier) {
    const one = past.evidence?.[name];
    if (one !== undefined && one.batches < evidence.batches) byBatches.set(one.batches, one);
  }
  return [...byBatches.values(), evidence].sort((a, b) => a.batches - b.batches);
}

/**
 * `Found after 3 batches: together they are 612 times as likely with a change of the mean per user as without one (bar 520).`
 * Null for a signal that the evidence has not made drift.
 *
 * @param of the signal inside a sentence.
 */
export function foundAfter(
  signal: SignalResult,
  history: readonly CheckEffects[],
  of: (name: SignalName) => string,
): string | null {
  const { evidence, verdict, name } = signal;
  if (evidence === null || verdict !== 'drift' || !hasAddedUp(evidence)) return null;
  const first = evidencePoints({ ...signal, evidence }, history).find(hasAddedUp) ?? evidence;
  return `Found after ${first.batches} batches: all ${evidence.batches} together are ${evidenceText(evidence.value)} times as likely with a change of the ${of(name)} as without one (bar ${formatCount(Math.round(evidence.bar))}).`;
}

/** `612`, `0.4`, `over 1,000,000` */
export function evidenceText(value: number): string {
  if (value > 1e6) return 'over 1,000,000';
  return value >= 10 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(1)));
}
