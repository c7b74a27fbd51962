import type { SignalExplanation, SignalResult, WindowName } from '../signal.ts';
import { signalNamed } from '../signals/list.ts';
import { contributionsTo } from './contributions.ts';
import { type EffectsWithout, effectsWithout, influenceOn, type MeasuredAgain } from './influence.ts';

/** Explains every signal at `watch` or `drift`: where the effect comes from, and what remains without one part. */
export function explainSignals(
  signals: readonly SignalResult[],
  windows: ReadonlyMap<WindowName, MeasuredAgain>,
): readonly SignalExplanation[] {
  const known = new Map<string, EffectsWithout>();
  return signals
    .filter(({ verdict }) => verdict === 'watch' || verdict === 'drift')
    .flatMap(({ name: signal, window }): readonly SignalExplanation[] => {
      const again = windows.get(window);
      if (again === undefined) return [];
      const contributions = contributionsTo(signalNamed(signal).parts, again);
      const influence = influenceOn(signal, contributions, again, (kind, label) => {
        const key = `${window} ${kind} ${label}`;
        const effects =
          known.get(key) ??
          effectsWithout(
            again,
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
