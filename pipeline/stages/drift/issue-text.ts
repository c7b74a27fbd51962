import { z } from 'zod';
import type { RetrainingDecision } from '../../drift/retraining.ts';
import { quarantineText } from '../../reports/quarantine-text.ts';
import { workflowPage } from '../../reports/run-links.ts';
import type { CheckRecord } from '../../store/drift-log.ts';
import { latestDecision } from '../../store/drift-log.ts';
import { listQuarantines } from '../../store/quarantine.ts';
import { listGains } from '../../store/retraining-gains.ts';
import { movieTitles } from '../movie-titles.ts';
import type { Pipeline } from '../pipeline.ts';
import { type Episode, effectsByBatch } from './episode.ts';
import type { ShownGains } from './gain-table.ts';
import { driftIssueBody } from './issue-body.ts';
import {
  type DriftIssueInput,
  driftIssueLabels,
  driftIssueTitle,
  driftSeverity,
  type IssueOutcome,
} from './issue-title.ts';

export interface IssueText {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

/**
 * Title, body and labels of the issue for the state of the episode.
 *
 * @param outcome how the episode ended. @default it lasts
 */
export async function driftIssueText(
  pipeline: Pipeline,
  episode: Episode,
  decision: RetrainingDecision,
  outcome: IssueOutcome | null = null,
): Promise<IssueText> {
  const { config, store } = pipeline;
  const { newest, checks, stage, requestedAt, mute, acknowledgement } = episode;
  const input: DriftIssueInput = {
    dataset: config.dataset,
    modelVersion: newest.modelVersion,
    check: newest.check,
    checkedAt: newest.checkedAt,
    bufferRatings: newest.bufferRatings,
    history: effectsByBatch(checks),
    stage,
    outcome,
    decision,
    gains: await storedGains(pipeline, newest),
    batchIds: newest.bufferBatchIds,
    movieTitle: await movieTitles(store),
    configDigest: String(newest.inputs['configDigest'] ?? ''),
    actions: pipeline.run === undefined ? ON_ONE_MACHINE : ON_GITHUB,
    ...(newest.check.preset === 'robust' ? { confidence: 1 - config.drift.robust.familyWiseErrorRate } : {}),
    requestedAt,
    run: runSchema.nullable().catch(null).parse(newest.inputs['run']),
    trainingUrl: trainingUrl(pipeline),
    mute,
    acknowledgement,
    mention: pipeline.run === undefined ? [] : config.alerts.mention,
    quarantine: quarantineText(await listQuarantines(store)),
  };
  return { title: driftIssueTitle(input), body: driftIssueBody(input), labels: labelsOf(episode) };
}

/** The gains of the newest check, as they are stored. */
async function storedGains({ store, config }: Pipeline, newest: CheckRecord): Promise<ShownGains | null> {
  const { modelVersion, newestBatchId } = newest;
  const decision = await latestDecision(store, { modelVersion });
  const gains = gainsSchema.catch([]).parse(decision?.inputs['gains']);
  const stored = (await listGains(store, 100)).filter((gain) => gain.modelVersion === modelVersion);
  const measured = stored.find(({ kind, batchId }) => kind === 'measured' && batchId === newestBatchId);
  const realised = stored.find(({ kind }) => kind === 'realised');
  const { minGain } = config.retraining;
  return { gains, measured: measured?.gain ?? null, realised: realised?.gain ?? null, minGain };
}

/** The gains that a decision is based on, as its inputs store them. */
const gainsSchema = z.array(
  z.object({
    kind: z.enum(['measured', 'expected']),
    metric: z.string(),
    gain: z.number(),
    interval: z.tuple([z.number(), z.number()]).nullable(),
  }),
);

const ON_ONE_MACHINE: readonly string[] = [
  '`cinematch train --reason drift` trains a challenger and runs the gate now',
  '`cinematch drift` checks again',
  '`cinematch quarantine --user 12` keeps the ratings of a user out of checks, trainings and serving; also `--batch 7` and `--movie 260`',
  '`cinematch status` shows the serving model and the new ratings',
];

const ON_GITHUB: readonly string[] = [
  '`/cinematch retrain` in a comment trains a challenger and runs the gate now',
  '`/cinematch ack` acknowledges the alert: retraining waits for a new one',
  '`/cinematch mute 14d` mutes the checks for 14 days, and `/cinematch unmute` ends the mute',
  '`/cinematch quarantine user 12` keeps the ratings of a user out of checks, trainings and serving; also `batch 7` and `movie 260`',
  '`/cinematch status` replies with the serving model and the next step',
  'Commands work only for people with write permission',
];

/** The run that made a check, as the check's inputs store it. */
const runSchema = z.object({ commit: z.string(), url: z.string() });

/** URL of the training workflow's runs; null on one machine. */
export const trainingUrl = ({ run }: Pick<Pipeline, 'run'>): string | null => workflowPage(run, 'train');

const OURS = /^(drift|automated|acknowledged|muted|severity:.*|stage:.*)$/;

/** Our labels for the state of the episode, and the labels that people have added. */
function labelsOf({ newest, stage, severity, mute, acknowledgement, issue }: Episode): readonly string[] {
  return [
    // A comment reports a change of severity. During a mute the label stays, so that the comment comes later.
    ...driftIssueLabels(mute === null ? driftSeverity(newest.check) : severity),
    `stage:${stage}`,
    ...(acknowledgement === null ? [] : ['acknowledged']),
    ...(mute === null ? [] : ['muted']),
    ...(issue?.labels.filter((label) => !OURS.test(label)) ?? []),
  ];
}
