import type { PastCheck, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import type { Chart } from './chart.ts';
import { driftChoice } from './drift.ts';
import {
  checksWithin,
  defaultSignal,
  effectChartOf,
  forestChartOf,
  gainChartOf,
  genresChartOf,
  levelsChartOf,
} from './drift-charts.ts';
import { METRIC_CHOICES, metricChartOf, reignChartOf } from './model-charts.ts';
import { durationsChartOf, rowsChartOf } from './pipeline-charts.ts';
import type { PageQuery } from './query.ts';

type MakeChart = (history: PipelineHistory, query: PageQuery) => Chart | null;

/** A chart of one check: that of the parameter `check`, else the newest. */
const ofCheck =
  (make: (check: PastCheck) => Chart): MakeChart =>
  ({ checks }, query) => {
    const sought = query.whole('check');
    const check = sought === null ? checks.at(-1) : checks.find(({ checkId }) => checkId === sought);
    return check === undefined ? null : make(check);
  };

const CHARTS: Readonly<Record<string, MakeChart>> = {
  effect: (history, query) => {
    const choice = driftChoice(query);
    const checks = checksWithin(history.checks, choice);
    return effectChartOf(checks, choice.signal ?? defaultSignal(checks));
  },
  gain: gainChartOf,
  signals: ofCheck(forestChartOf),
  levels: ofCheck((check) => levelsChartOf(check)),
  metric: (history, query) => metricChartOf(history, query.oneOf('metric', METRIC_CHOICES) ?? 'rmse'),
  champions: reignChartOf,
  rows: rowsChartOf,
  durations: durationsChartOf,
  genres: ofCheck((check) => genresChartOf(check)),
};

export const CHART_NAMES = Object.keys(CHARTS);

/** The chart of a name with the choice of a request; null for an unknown name, or when what it is about is not known. */
export function namedChart(name: string, history: PipelineHistory, query: PageQuery): Chart | null {
  return Object.hasOwn(CHARTS, name) ? (CHARTS[name]?.(history, query) ?? null) : null;
}
