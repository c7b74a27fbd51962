import type { SignalName } from '../../drift/signals/list.ts';
import { type ComparedMetrics, gateMetrics } from '../../evaluate/evaluation.ts';
import { BRIEF_METRICS, metricsBy } from '../../evaluate/metric-names.ts';
import type { Issue, Release } from '../../forge/forge.ts';
import type { PreparedDataset } from '../../source/prepare.ts';
import type { Candidate } from '../../stages/training/candidate.ts';
import type { WeekOutcome } from '../../stages/week/run-week.ts';
import type { ModelLine, Week } from '../../stages/week/week-table.ts';

/** What `cinematch demo --json` prints. */
export interface DemoReport {
  readonly dataset: {
    readonly name: string;
    readonly ratings: number;
    readonly train: number;
    readonly test: number;
  };
  readonly weeks: readonly Week[];
  readonly models: readonly ModelLine[];
  readonly issues: readonly Pick<Issue, 'number' | 'title' | 'state' | 'location'>[];
  readonly releases: readonly Pick<Release, 'tag' | 'title' | 'latest' | 'location'>[];
  readonly seconds: number;
}

export function demoReport(run: {
  readonly dataset: string;
  readonly prepared: PreparedDataset;
  readonly first: Candidate;
  readonly weeks: readonly WeekOutcome[];
  readonly issues: readonly Issue[];
  readonly releases: readonly Release[];
  readonly seconds: number;
}): DemoReport {
  const { train, test, batches } = run.prepared;
  return {
    dataset: {
      name: run.dataset,
      ratings: [train, test, ...batches].reduce((sum, part) => sum + part.length, 0),
      train: train.length,
      test: test.length,
    },
    weeks: run.weeks.map(weekLine),
    models: modelLines(run.first, run.weeks),
    issues: run.issues.map(({ number, title, state, location }) => ({ number, title, state, location })),
    releases: run.releases.map(({ tag, title, latest, location }) => ({ tag, title, latest, location })),
    seconds: run.seconds,
  };
}

function weekLine({ ingest, drift }: WeekOutcome, index: number): Week {
  const checked = drift.status === 'nothing-new' ? null : drift;
  const effect = (name: SignalName): number | null =>
    checked?.check.signals.find((signal) => signal.name === name && signal.window === 'newest')?.effect ??
    null;
  return {
    week: index + 1,
    batchRatings: ingest.new + ingest.updated,
    bufferRatings: checked?.bufferRatings ?? 0,
    ks: effect('rating_distribution_ks'),
    meanChange: effect('rating_mean'),
    stdChange: effect('rating_std'),
    verdict: checked?.check.verdict ?? 'insufficient',
    decision: checked?.decision.decision ?? 'wait',
  };
}

/**
 * The two models of the last training on the holdout of its gate, so that they are compared on the same ratings; without
 * a training the first model on its own holdout.
 */
function modelLines(first: Candidate, weeks: readonly WeekOutcome[]): ModelLine[] {
  const candidates = [first, ...weeks.flatMap(({ candidate }) => (candidate === null ? [] : [candidate]))];
  const line = ({ manifest }: Candidate, role: string, metrics: ComparedMetrics): ModelLine => ({
    version: manifest.version,
    role,
    ...metricsBy(BRIEF_METRICS, (name) => metrics[name]),
    trainingRatings: manifest.snapshot.ratings,
  });
  const last = candidates.at(-1) as Candidate;
  const champion = candidates.find(({ manifest }) => manifest.version === last.manifest.parent);
  if (champion === undefined || last.gate === null) return [line(first, 'baseline', first.evaluation)];
  const metrics = gateMetrics(last.gate);
  return [
    line(champion, 'before', metrics.champion),
    line(last, last.gate.outcome === 'promote' ? 'retrained' : 'refused', metrics.challenger),
  ];
}
