import { basename } from 'node:path';
import { METRICS } from '../../evaluate/metric-catalogue.ts';
import { COMPARED_METRICS, type JudgedMetric } from '../../evaluate/metric-names.ts';
import { formatMeasured, formatMetric } from '../../reports/metric-text.ts';
import { formatCount, formatPercent, formatSeconds } from '../../reports/numbers.ts';
import type { SearchDescription, TrialResult } from '../../stages/compare/trial-files.ts';
import { rankTrials } from '../../stages/compare/trials.ts';
import type { Terminal } from '../terminal/terminal.ts';

type Values = Readonly<Record<string, number>>;

/** What is searched, and on which ratings: `bias on u1.base: …`, a line for each subject. */
export function describeSearch(
  { algorithm, fixed, ranges, seeds, data }: SearchDescription,
  file?: string,
): string {
  const searched = Object.entries(ranges).map(
    ([name, { from, to, scale }]) => `${name} ${from} to ${to}${scale === 'log' ? ' (log)' : ''}`,
  );
  const constant = Object.entries(fixed).map(([name, value]) => `${name} = ${value}`);
  const part = data.split === 'time' ? 'the newest' : 'a random';
  return [
    `${algorithm}${file === undefined ? '' : ` on ${basename(file)}`}: trains on ${formatCount(data.training.ratings)} ratings, validates with ${part} ${formatPercent(data.share, 0)}, ${formatCount(data.validation.ratings)}; seed ${seeds.search}`,
    ...(data.ranked === undefined
      ? []
      : [
          `ranks ${formatCount(data.ranked.users)} of ${formatCount(data.ranked.of)} users, the same in every trial`,
        ]),
    `searches ${searched.join(', ')}${constant.length > 0 ? `; starts with ${constant.join(', ')}` : ''}`,
  ].join('\n');
}

/** Prints one trial: its values, its metrics and its file. */
export function printTrial(
  terminal: Terminal,
  { trial, failure, metrics, margins, hyperParameters, search, seconds }: TrialResult,
  file: string,
): void {
  const values = Object.keys(search.ranges).map((name) => `${name} = ${hyperParameters[name]}`);
  terminal.print(
    `Trial ${trial} of ${search.algorithm}: ${values.join(', ')} (${formatSeconds(seconds.fit + seconds.evaluate)})`,
  );
  terminal.print(
    failure ??
      COMPARED_METRICS.map(
        (name) => `${METRICS[name].label} ${formatMeasured(name, { ...metrics, ...margins })}`,
      ).join('  '),
  );
  terminal.print(file);
}

/** Prints all trials, best first, then a conclusion, and the best trial as a setting. */
export function printTrials(terminal: Terminal, results: readonly TrialResult[], metric: JudgedMetric): void {
  const search = (results[0] as TrialResult).search;
  const ranking = rankTrials(results, metric);
  const searched = Object.keys(search.ranges);
  const others = COMPARED_METRICS.filter((name) => name !== metric);
  terminal.print(describeSearch(search));
  terminal.print();
  terminal.printTable(
    [
      'Trial',
      wrapped(METRICS[metric].label),
      'Minus\ndefaults',
      ...searched.map(wrapped),
      ...others.map((name) => wrapped(METRICS[name].label)),
      'Time',
    ],
    ranking.trials.map(({ trial, metrics, difference, hyperParameters, seconds }) => [
      trial === 0 ? '0 (defaults)' : String(trial),
      formatMetric(metric, metrics[metric]),
      formatMetric(metric, trial === 0 ? null : difference, 'signed'),
      ...searched.map((name) => String(hyperParameters[name])),
      ...others.map((name) => formatMetric(name, metrics[name])),
      formatSeconds(seconds.fit + seconds.evaluate),
    ]),
  );
  terminal.print();
  for (const { trial, failure } of results) {
    if (failure !== null) terminal.print(`Trial ${trial} failed: ${failure}`);
  }
  if (ranking.missing.length > 0) terminal.print(`Not run yet: ${listed(ranking.missing)}.`);
  for (const line of conclusion(ranking, metric)) terminal.print(line);
}

const LISTED = 12;

function listed(trials: readonly number[]): string {
  const more = trials.length - LISTED;
  const names = trials.slice(0, LISTED).join(', ');
  return `${trials.length === 1 ? 'trial' : 'trials'} ${names}${more > 0 ? ` and ${more} more` : ''}`;
}

function conclusion(
  { trials, defaults, best }: ReturnType<typeof rankTrials<TrialResult>>,
  metric: JudgedMetric,
): readonly string[] {
  const label = METRICS[metric].label;
  if (defaults === null) return ['Trial 0, the defaults, is missing: there is nothing to compare with.'];
  const bar = defaults.metrics[metric];
  if (best === null) {
    return [
      bar === null
        ? `No trial has a value of ${label}.`
        : `No trial beats the defaults (${label} ${formatMetric(metric, bar)}): keep them.`,
    ];
  }
  return [
    `Best is trial ${best.trial}: ${label} ${formatMetric(metric, best.metrics[metric])}, with the defaults ${formatMetric(metric, bar)}.`,
    `This value is too good: it is the best of ${formatCount(trials.length)} on the ratings that the trial was chosen on, so a part of it is luck.`,
    'Measure on ratings that no trial has used before you rely on it: cinematch evaluate.',
    '',
    'In cinematch.config.ts:',
    `  train: { algorithm: ${quoted(best.search.algorithm)}, hyperParameters: { ${settings(best)} } },`,
  ];
}

/** The values of a trial that take the place of the algorithm's defaults. */
function chosen({ search, hyperParameters }: TrialResult): Values {
  const names = [...Object.keys(search.fixed), ...Object.keys(search.ranges)];
  return Object.fromEntries(names.map((name) => [name, hyperParameters[name] as number]));
}

const settings = (best: TrialResult): string =>
  Object.entries(chosen(best))
    .map(([name, value]) => `${/^\w+$/.test(name) ? name : quoted(name)}: ${value}`)
    .join(', ');

const quoted = (text: string): string => `'${text}'`;

/** A long name on several lines: after the dot of `vb-mf.sweeps`, before the sign of `Precision@10`. */
const wrapped = (name: string): string =>
  name
    .replace('.', '.\n')
    .replace('@', '\n@')
    .replace(/([a-z]{6,})([A-Z])/g, '$1\n$2');

/** All trials as JSON, best first. */
export function trialsJson(results: readonly TrialResult[], metric: JudgedMetric, folder: string): unknown {
  const { trials, defaults, best, missing } = rankTrials(results, metric);
  const { search, searchSha256 } = results[0] as TrialResult;
  return {
    folder,
    metric,
    best:
      best === null
        ? null
        : { trial: best.trial, algorithm: search.algorithm, hyperParameters: chosen(best) },
    defaults: defaults?.metrics[metric] ?? null,
    trials: trials.map(({ schema: _, search: __, searchSha256: ___, ...trial }) => trial),
    missing,
    searchSha256,
    search,
  };
}
