import { GAIN_METRICS } from '../../drift/gain.ts';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { paragraphs, table } from '../../reports/markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatCount, formatPercent } from '../../reports/numbers.ts';
import type { TrainingOutcome } from '../../store/retraining-gains.ts';
import { gainCell } from '../drift/gain-table.ts';

/** Release notes have this section once. */
export const REALISED_HEADING = '## Gained since';

/** What a released model gained over the one before it on the batch that followed, beside what was expected. */
export function realisedSection({ gain, parent, expected, batchId }: TrainingOutcome): string {
  const rows = GAIN_METRICS.flatMap((name) => {
    const found = gain[name];
    if (found === null) return [];
    return [
      [
        METRICS[name].label,
        formatMetric(name, found.before),
        formatMetric(name, found.after),
        gainCell(found),
      ],
    ];
  });
  return paragraphs([
    REALISED_HEADING,
    `Measured on batch ${batchId}, which came after the training: ${formatCount(gain.ratings)} ratings by ${formatCount(gain.users)} users.${expected === null ? '' : ` Expected was an RMSE ${formatPercent(expected)} better.`}`,
    table({ header: ['Metric', `v${parent} on this batch`, 'This model', 'Better by'], rows }, 'lrrr'),
  ]);
}
