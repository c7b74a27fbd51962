import { LARGEST_EFFECT } from '../../config/drift-settings.ts';
import type { DriftSettings } from '../../drift/judge.ts';
import { isSignalName, signalNamed } from '../../drift/signals/list.ts';
import { OperatorError } from '../../lib/errors.ts';
import { nearestWord } from '../../lib/nearest-word.ts';

/**
 * The settings with other thresholds in the preset that is used.
 *
 * @throws OperatorError `usage` for a name that has no threshold in this preset, or a value that no effect can exceed.
 */
export function withThresholds<Settings extends DriftSettings>(
  settings: Settings,
  thresholds: Readonly<Record<string, number>>,
): Settings {
  const { preset } = settings;
  const known = settings[preset].thresholds;
  for (const [name, value] of Object.entries(thresholds)) {
    const names = Object.keys(known);
    if (!isSignalName(name) || !names.includes(name)) {
      const nearest = nearestWord(name, names);
      throw new OperatorError(
        'usage',
        `--threshold ${name}=${value}: the preset ${preset} has no threshold of this name.`,
        nearest === null ? `Use one of ${names.join(', ')}.` : `Did you mean ${nearest}?`,
      );
    }
    const largest = LARGEST_EFFECT[signalNamed(name).unit];
    if (value > 0 && value <= (largest ?? value)) continue;
    throw new OperatorError(
      'usage',
      `--threshold ${name}=${value}: the value must be above 0${largest === null ? '' : ` and at most ${largest}`}.`,
      `The configured value is ${known[name]}.`,
    );
  }
  return { ...settings, [preset]: { ...settings[preset], thresholds: { ...known, ...thresholds } } };
}
