import { relative } from 'node:path';
import type { Config } from '../../config.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatCount, formatPercent, formatSeconds } from '../../reports/numbers.ts';
import { formatEffect, SIGNAL_LABELS } from '../../reports/signal-numbers.ts';
import type { PreparedDataset } from '../../source/prepare.ts';
import type { Candidate } from '../../stages/training/candidate.ts';
import type { WeekObserver } from '../../stages/week/run-week.ts';
import { modelTable, weekRows } from '../../stages/week/week-table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { DemoReport } from './demo-report.ts';
import { styledVerdict } from './drift-check.ts';

interface DemoObserver extends Required<WeekObserver> {
  begins(dataset: string, prepared: PreparedDataset, store: string): void;
  weekBegins(week: number): void;
}

/** Prints the three weeks while they run, one line for each stage. */
export function demoObserver(
  narrate: (text: string) => void,
  terminal: Terminal,
  { retraining }: Config,
): DemoObserver {
  const stage = (name: string, text: string): void => narrate(`  ${name.padEnd(8)} ${text}`);
  return {
    begins: (dataset, { train, test, batches }, store) => {
      const buffered = batches.map(({ length }) => formatCount(length)).join(' + ');
      narrate(terminal.style('bold', `Week 0: the first model (${dataset} ratings, ${store})`));
      stage(
        'ingest',
        `${formatCount(train.length)} ratings for training, ${formatCount(test.length)} newer ones for testing`,
      );
      stage(
        '',
        `three weeks will bring ${buffered}; a gain of ${formatPercent(retraining.minGain)} or drift leads to retraining`,
      );
    },
    weekBegins: (week) => narrate(terminal.style('bold', `Week ${week}`)),
    ingested: (result) =>
      stage(
        'ingest',
        `${formatCount(result.new)} new, ${formatCount(result.updated)} updated, ${formatCount(result.unchanged)} unchanged, ${formatCount(result.rejected)} rejected in ${formatSeconds(result.seconds)}`,
      ),
    checked: (outcome) => {
      if (outcome.status === 'nothing-new') {
        stage('drift', 'no new ratings to check');
        return;
      }
      const { check, decision, issue } = outcome;
      const notable = check.signals
        .filter(({ verdict }) => verdict === check.verdict && verdict !== 'ok' && verdict !== 'insufficient')
        .map((signal) => `${SIGNAL_LABELS[signal.name]} ${formatEffect(signal)} (${signal.window})`);
      stage('drift', [styledVerdict(terminal, check.verdict), ...notable.slice(0, 3)].join('  '));
      stage('decide', `${decision.decision}: ${decision.reasons.join('; ')}`);
      if (issue !== null) stage('issue', `${issue.number} ${issue.state}: ${issue.title}`);
    },
    trained: ({ manifest, gate, evaluation }: Candidate) => {
      stage(
        'train',
        `v${manifest.version} on ${formatCount(manifest.judged?.ratings ?? manifest.snapshot.ratings)} ratings: the model alone has RMSE ${formatMetric('rmse', evaluation.rmse)}, Precision@10 ${formatMetric('precisionAt10', evaluation.precisionAt10)}${manifest.judged === undefined ? '' : `; then on all ${formatCount(manifest.snapshot.ratings)}`}, in ${formatSeconds(manifest.fitSeconds)}`,
      );
      if (gate === null) return;
      const rmse = gate.rules.find(({ metric }) => metric === 'rmse');
      stage(
        'gate',
        `${gate.outcome}: RMSE ${formatMetric('rmse', rmse?.champion ?? null)} → ${formatMetric('rmse', rmse?.challenger ?? null)} on ${formatCount(gate.holdout.ratings)} held-out ratings that neither had learned${gate.served === undefined ? '' : ', new users by what they had told before'}`,
      );
    },
    published: (outcome) => {
      if (outcome.status === 'refused') {
        stage('refused', `v${outcome.version} is not released, the champion stays`);
        return;
      }
      stage('release', `${outcome.release.tag} promoted`);
      if (outcome.closed !== null) stage('issue', `${outcome.closed.number} closed by v${outcome.version}`);
    },
  };
}

/** Prints the two tables and where to look next. */
export function printDemoReport(terminal: Terminal, report: DemoReport, home: string): void {
  const weeks = weekRows(report.weeks);
  terminal.print();
  terminal.print(terminal.style('bold', 'Weeks'));
  terminal.printTable(weeks.header, weeks.rows);
  terminal.print();
  terminal.print(
    terminal.style(
      'bold',
      report.models.length > 1
        ? 'The last training, judged on ratings that neither model had learned'
        : 'The model',
    ),
  );
  const models = modelTable(report.models);
  terminal.printTable(models.header, models.rows);
  terminal.print();
  const place = (path: string): string => {
    const near = relative(process.cwd(), path);
    return near === '' || near.startsWith('..') ? path : near;
  };
  const lines: (readonly [string, string])[] = [
    ...report.issues.map(({ number, location }) => [`issue ${number}`, place(location)] as const),
    ...report.releases
      .filter(({ latest }) => latest)
      .map(({ tag, location }) => [`release ${tag}`, place(location)] as const),
    ['status', 'npm run -s cinematch -- status'],
    ['recommendations', 'npm run -s cinematch -- recommend --user 1'],
    ['the API', 'npm run serve'],
    ['the tour', 'docs/tour.md'],
    ['start again', `remove ${place(home)}`],
  ];
  terminal.print(`Done in ${formatSeconds(report.seconds)}. Where to look next:`);
  for (const [what, where] of lines) terminal.print(`  ${what.padEnd(18)} ${where}`);
}
