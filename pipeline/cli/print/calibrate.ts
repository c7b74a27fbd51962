import { formatChange, formatCount, formatNumber } from '../../reports/numbers.ts';
import type { Calibration, DriftTrial, PolicyResult } from '../../stages/calibrate/calibrate.ts';
import {
  countFound,
  countPlanted,
  type ProposedSetting,
  proposalDiff,
} from '../../stages/calibrate/propose.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { styledVerdict } from './drift-check.ts';

/** Prints what each setting would have done, and the proposed settings. */
export function printCalibration(
  terminal: Terminal,
  found: Calibration,
  proposed: readonly ProposedSetting[],
): void {
  const { ratings, replayed, batches, policies, weeks, driftTrials, gainTrials } = found;
  terminal.print(
    `${formatCount(batches)} batches replayed${replayed < ratings ? `, with a sample of the users: ${formatCount(replayed)} of ${formatCount(ratings)} ratings` : `, ${formatCount(ratings)} ratings`}`,
  );
  terminal.print('\nWhat would have been served');
  terminal.printTable(
    ['Policy', 'RMSE', 'against every batch', 'NDCG@10', 'against every batch', 'Trainings', 'Alarms'],
    policyRows(policies),
  );
  terminal.print('\nThe configured settings, batch by batch');
  terminal.printTable(
    ['Batch', 'Ratings', 'Verdict', 'Trained after it', 'RMSE served', 'NDCG@10 served'],
    weeks.map(({ ratings: count, verdict, trained, refused, rmse, ndcgAt10 }, week) => [
      formatCount(week + 1),
      formatCount(count),
      styledVerdict(terminal, verdict),
      trained === null ? '' : `${trained}${refused ? ', refused by the gate' : ''}`,
      formatNumber(rmse),
      formatNumber(ndcgAt10),
    ]),
  );
  terminal.print('\nPresets and thresholds');
  terminal.printTable(
    ['Settings', 'Alarms', 'Watch', 'Insufficient', 'Planted changes found', 'Trainings', 'RMSE', 'NDCG@10'],
    driftTrials.map((trial) => [
      `${nameOf(trial)}${trial.isConfigured ? ' (configured)' : ''}`,
      `${trial.alarms} of ${batches}`,
      `${trial.watches} of ${batches}`,
      `${trial.unjudged} of ${batches}`,
      `${countFound(trial.power)} of ${countPlanted(trial.power)}`,
      ...servedCells(trial),
    ]),
  );
  terminal.print('\nPlanted changes found, and recognised by name, of so many batches');
  terminal.printTable(
    ['Change', ...driftTrials.map(nameOf), 'By name'],
    (driftTrials.find(({ isConfigured }) => isConfigured) as DriftTrial).power.map(
      ({ plant, named }, row) => [
        plant,
        ...driftTrials.map(({ power }) => shareOf(power[row]?.found ?? [])),
        named === null ? '–' : shareOf(named),
      ],
    ),
  );
  terminal.print('\nSmallest gain worth a training');
  terminal.printTable(
    ['retraining.minGain', 'Trainings', 'RMSE', 'NDCG@10'],
    gainTrials.map((trial) => [
      `${trial.minGain}${trial.factor === 1 ? ' (configured)' : ''}`,
      ...servedCells(trial),
    ]),
  );
  terminal.print('\nProposal');
  if (proposed.length === 0)
    terminal.print('No change: no other setting that was tried is better by these figures.');
  for (const line of proposalDiff(proposed)) {
    terminal.print(
      line.startsWith('-')
        ? terminal.style('red', line)
        : line.startsWith('+')
          ? terminal.style('green', line)
          : line,
    );
  }
}

/** The rows of three policies: never, configured, at every batch. */
function policyRows({
  never,
  configured,
  everyWeek,
}: Calibration['policies']): readonly (readonly string[])[] {
  const rows: readonly (readonly [string, PolicyResult])[] = [
    ['never', never],
    ['configured', configured],
    ['every batch', everyWeek],
  ];
  const against = (value: number | null, best: number | null): string =>
    formatChange(value === null || best === null ? null : value / best - 1, 2);
  return rows.map(([name, { rmse, ndcgAt10, trainings, alarms }]) => [
    name,
    formatNumber(rmse),
    against(rmse, everyWeek.rmse),
    formatNumber(ndcgAt10),
    against(ndcgAt10, everyWeek.ndcgAt10),
    formatCount(trainings),
    name === 'configured' ? formatCount(alarms) : '–',
  ]);
}

const shareOf = (found: readonly boolean[]): string => `${found.filter(Boolean).length} of ${found.length}`;

const nameOf = ({ preset, factor }: DriftTrial): string => `${preset} ${factor}×`;

const servedCells = ({ trainings, rmse, ndcgAt10 }: PolicyResult): readonly string[] => [
  formatCount(trainings),
  formatNumber(rmse),
  formatNumber(ndcgAt10),
];
