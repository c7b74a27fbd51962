import type { SignalExplanation, SignalResult, WindowName } from '../signal.ts';
import { signalNamed } from '../signals/list.ts';
import { contributionsIn } from './contributions.ts';
import { type EffectsWithout, effectsIn, influenceOn, type MeasuredAgain } from './influence.ts';

/** Explains every signal at `watch` or `drift`: where the effect comes from, and what remains without one part. */
export function explainSignals(
  signals: readonly SignalResult[],
  windows: ReadonlyMap<WindowName, MeasuredAgain>,
): readonly SignalExplanation[] {
  const known = new Map<string, EffectsWithout>();
  const measures = new Map(
    [...windows].map(([name, again]) => [
      name,
      { again, contributionsTo: contributionsIn(again), effectsWithout: effectsIn(again) },
    ]),
  );
  return signals
    .filter(({ verdict }) => verdict === 'watch' || verdict === 'drift')
    .flatMap(({ name: signal, window }): readonly SignalExplanation[] => {
      const measure = measures.get(window);
      if (measure === undefined) return [];
      const { again, contributionsTo, effectsWithout } = measure;
      const contributions = contributionsTo(signalNamed(signal).parts);
      const influence = influenceOn(signal, contributions, again, (kind, label) => {
        const key = `${window} ${kind} ${label}`;
        const effects =
          known.get(key) ??
          effectsWithout(
            kind === 'genre'
              ? { genre: label }
              : { [kind === 'user' ? 'users' : 'movies']: new Set([Number(label)]) },
          );
        known.set(key, effects);
        return effects;
      });
      return [{ signal, window, contributions, influence }];
    });
}
