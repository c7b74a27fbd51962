import { LARGEST_EFFECT } from '../../config/drift-settings.ts';
import type { Config } from '../../config.ts';
import { type SignalName, signalNamed } from '../../drift/signals/list.ts';

type DriftConfig = Config['drift'];
type Preset = DriftConfig['preset'];

/** What the configured thresholds are multiplied by. */
const FACTORS = [0.5, 1, 2] as const;
/** What the configured smallest gain is multiplied by. */
export const GAIN_FACTORS = [0.5, 1, 2, 4] as const;

/** Drift settings to try: a preset with all of its thresholds multiplied. */
export interface DriftCandidate {
  readonly preset: Preset;
  readonly factor: number;
  readonly drift: DriftConfig;
}

/** Both presets with their thresholds at half, once and twice of what is configured; the configured preset first. */
export function driftCandidates(drift: DriftConfig): readonly DriftCandidate[] {
  const presets: readonly Preset[] =
    drift.preset === 'robust' ? ['robust', 'classic'] : ['classic', 'robust'];
  return presets.flatMap((preset) =>
    FACTORS.map((factor) => ({ preset, factor, drift: withThresholds({ ...drift, preset }, factor) })),
  );
}

function withThresholds(drift: DriftConfig, factor: number): DriftConfig {
  const { preset } = drift;
  const own: Readonly<Partial<Record<SignalName, number>>> = drift[preset].thresholds;
  const scaled = Object.fromEntries(
    Object.entries(own).map(([name, threshold]) => [
      name,
      scaledThreshold(name as SignalName, threshold, factor),
    ]),
  );
  return { ...drift, [preset]: { ...drift[preset], thresholds: scaled } };
}

/** No threshold is larger than the effect can be. */
function scaledThreshold(name: SignalName, threshold: number, factor: number): number {
  const largest = LARGEST_EFFECT[signalNamed(name).unit] ?? Number.POSITIVE_INFINITY;
  return Number(Math.min(largest, factor * threshold).toPrecision(6));
}
