import type { SignalName } from '../../drift/signals/list.ts';
import type { Issue } from '../../forge/forge.ts';
import {
  type Acknowledgement,
  type CheckRecord,
  listChecks,
  newestAcknowledgement,
} from '../../store/drift-log.ts';
import { activeMute, type Mute } from '../../store/drift-mutes.ts';
import type { Pipeline } from '../pipeline.ts';
import type { CheckEffects } from './effect-chart.ts';
import { driftMarker, readTrainingMarker, type Severity, type Stage } from './issue-title.ts';

/** Checks in the chart of the issue. */
const HISTORY = 30;
/** Number of clean checks in a row that end an episode without a new model. */
export const CLEAN_CHECKS = 2;

const HOUR = 3_600_000;

/** The state of the present drift episode, from the database and the issue. */
export interface Episode {
  readonly at: Date;
  readonly newest: CheckRecord;
  /** Checks of the same champion, the newest first. */
  readonly checks: readonly CheckRecord[];
  readonly mute: Mute | null;
  readonly acknowledgement: Acknowledgement | null;
  /** Null while none is open. */
  readonly issue: Issue | null;
  readonly stage: Stage;
  /** As last reported. */
  readonly severity: Severity;
  /** When training was last requested; null before the first request. */
  readonly requestedAt: Date | null;
}

/** An episode whose issue is open. */
export type OpenEpisode = Episode & { readonly issue: Issue };

/** The issue of the present drift episode, or null when none is open. At most one is open per data set. */
export function openDriftIssue({ forge, config }: Pick<Pipeline, 'forge' | 'config'>): Promise<Issue | null> {
  return forge.issues.findOpen(driftMarker(config.dataset));
}

/**
 * Reads the state of the present episode. Stage, severity and the last request to train are read from the
 * issue, whose labels and body only the pipeline and people with write permission can change.
 *
 * @returns null before the first check.
 */
export async function readEpisode(
  pipeline: Pick<Pipeline, 'store' | 'forge' | 'config' | 'clock'>,
): Promise<Episode | null> {
  const { store, clock } = pipeline;
  const at = clock();
  const recent = await listChecks(store, HISTORY);
  const newest = recent[0];
  if (newest === undefined) return null;
  const issue = await openDriftIssue(pipeline);
  return {
    at,
    newest,
    checks: recent.filter(({ modelVersion }) => modelVersion === newest.modelVersion),
    mute: await activeMute(store, at),
    acknowledgement: await newestAcknowledgement(store, newest.modelVersion),
    issue,
    stage: labelled(issue, 'stage:', STAGES) ?? 'detected',
    severity: labelled(issue, 'severity:', SEVERITIES) ?? 'none',
    requestedAt: issue === null ? null : readTrainingMarker(issue.body),
  };
}

export const isOpen = (episode: Episode | null): episode is OpenEpisode =>
  episode !== null && episode.issue !== null;

const STAGES: readonly Stage[] = ['detected', 'training', 'gated', 'released', 'deployed', 'refused'];
const SEVERITIES: readonly Severity[] = ['high', 'watch'];

/** The value of the label with a prefix; null when there is none or it is unknown. */
function labelled<T extends string>(issue: Issue | null, prefix: string, known: readonly T[]): T | null {
  return known.find((name) => issue?.labels.includes(`${prefix}${name}`)) ?? null;
}

/** Whether the last checks found no drift. */
export function isClean({ checks }: Episode): boolean {
  const last = checks.slice(0, CLEAN_CHECKS);
  return last.length === CLEAN_CHECKS && last.every(({ check }) => check.verdict === 'ok');
}

/**
 * The state of the requested training: `none` (not requested, or ended), `under-way`, or `overdue` (no result
 * within `retryAfterHours`).
 */
export function trainingState(
  { stage, requestedAt, at }: Pick<Episode, 'stage' | 'requestedAt' | 'at'>,
  retryAfterHours: number,
): 'none' | 'under-way' | 'overdue' {
  if (stage !== 'training' && stage !== 'gated' && stage !== 'released') return 'none';
  const isRecent = requestedAt !== null && at.getTime() - requestedAt.getTime() < retryAfterHours * HOUR;
  return isRecent ? 'under-way' : 'overdue';
}

/**
 * The effects on each batch when it was the newest, for a chart. Of repeated checks only the last counts.
 *
 * @param checks the newest first.
 */
export function effectsByBatch(checks: readonly CheckRecord[]): readonly CheckEffects[] {
  const seen = new Set<number>();
  return checks
    .filter(({ newestBatchId }) => !seen.has(newestBatchId) && seen.add(newestBatchId))
    .map((record) => ({
      checkedAt: record.checkedAt,
      effects: largestEffects(record),
      evidence: Object.fromEntries(
        record.check.signals.flatMap(({ name, evidence }) => (evidence === null ? [] : [[name, evidence]])),
      ),
    }));
}

/** Of the two windows of a signal, the effect that is further from zero. */
function largestEffects({ check }: CheckRecord): Partial<Record<SignalName, number>> {
  const effects: Partial<Record<SignalName, number>> = {};
  for (const { name, effect } of check.signals) {
    if (effect !== null && Math.abs(effect) >= Math.abs(effects[name] ?? 0)) effects[name] = effect;
  }
  return effects;
}
