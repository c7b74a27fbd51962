import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatBytes, formatSeconds, NO_VALUE } from '../../reports/numbers.ts';
import type { MetricComparison, ModelCheck } from '../../stages/model-check/model-check.ts';
import {
  headlineMetrics,
  modelCheckTitle,
  obstacleText,
  segmentLabel,
} from '../../stages/model-check/verdict.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints the metrics of base and head, the decision of the gate, and how the lists of the personas changed. */
export function printModelCheck(terminal: Terminal, check: ModelCheck): void {
  const { conclusion, personas, fitSeconds, modelBytes } = check;
  const colour = { pass: 'green', fail: 'red', neutral: 'yellow' } as const;
  const obstacle = obstacleText(check);
  terminal.print(terminal.style(colour[conclusion], modelCheckTitle(check)));
  if (obstacle !== null) terminal.print(obstacle);
  terminal.print();
  terminal.printTable(
    ['Metric', 'Base', 'Head', 'Difference', `${Math.round(check.confidence * 100)}% interval`, 'Gate'],
    headlineMetrics(check).map((comparison) => row(terminal, comparison)),
  );
  terminal.print();
  if (obstacle === null) printPersonas(terminal, personas);
  terminal.print(
    `Training ${formatSeconds(fitSeconds.base)} → ${formatSeconds(fitSeconds.head)}, model ${formatBytes(modelBytes.base)} → ${formatBytes(modelBytes.head)}`,
  );
}

function printPersonas(terminal: Terminal, personas: ModelCheck['personas']): void {
  terminal.printTable(
    ['Persona', 'Same of 10', 'Gained', 'Lost'],
    personas.map(({ name, overlap, gained, lost }) => [
      name,
      overlap === null ? NO_VALUE : String(overlap),
      titles(gained),
      titles(lost),
    ]),
  );
  terminal.print();
}

function row(terminal: Terminal, comparison: MetricComparison): string[] {
  const { metric, segment, base, head, difference, interval, rule, passed, meaning } = comparison;
  const judged =
    passed === null ? (meaning ?? NO_VALUE) : terminal.style(passed ? 'green' : 'red', passed ? 'yes' : 'no');
  return [
    `${METRICS[metric].label}${segmentLabel(segment)}`,
    formatMetric(metric, base),
    formatMetric(metric, head),
    formatMetric(metric, difference, 'signed'),
    interval === null ? NO_VALUE : interval.map((end) => formatMetric(metric, end, 'signed')).join(' to '),
    rule === null ? judged : `${judged}: ${rule}`,
  ];
}

const SHOWN_TITLES = 2;

function titles(list: readonly string[]): string {
  if (list.length === 0) return NO_VALUE;
  const more = list.length > SHOWN_TITLES ? ` and ${list.length - SHOWN_TITLES} more` : '';
  return `${list.slice(0, SHOWN_TITLES).join(', ')}${more}`;
}
