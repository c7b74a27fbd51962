import type { Verdict } from '../../drift/signal.ts';
import { loginSpan } from '../../reports/login.ts';
import { paragraphs, plural, table } from '../../reports/markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatCount, formatInstant } from '../../reports/numbers.ts';
import type { Acknowledgement, CheckRecord } from '../../store/drift-log.ts';
import type { Mute } from '../../store/drift-mutes.ts';
import type { Stage } from '../drift/issue-title.ts';

/** The state of a pipeline. */
export interface PipelineStatus {
  readonly at: Date;
  readonly champion: {
    readonly version: number;
    readonly promotedAt: Date | null;
    readonly rmse: number | null;
  } | null;
  readonly bufferRatings: number;
  /** Minimum for retraining. */
  readonly minBufferRatings: number;
  readonly check: (Pick<CheckRecord, 'checkedAt' | 'modelVersion'> & { readonly verdict: Verdict }) | null;
  /** Alerts about the champion that are not acknowledged. */
  readonly openAlerts: number;
  readonly acknowledgement: Acknowledgement | null;
  /** Erased users whom the champion has learned, in words; null when there are none. */
  readonly erased: string | null;
  /** What is kept out, in words; null when nothing is. */
  readonly quarantine: string | null;
  readonly mute: Mute | null;
  /** The open drift issue. */
  readonly episode: {
    readonly issue: number;
    readonly stage: Stage;
    readonly requestedAt: Date | null;
  } | null;
}

/** The state of the pipeline, as a small table. */
export function statusReport(status: PipelineStatus): string {
  const { champion, bufferRatings, minBufferRatings, check, episode, mute, erased, quarantine, at } = status;
  return paragraphs([
    `**Pipeline status, ${formatInstant(at)}**`,
    table({
      header: ['What', 'State'],
      rows: [
        ['Serving', champion === null ? 'no model yet' : championCell(champion, at)],
        [
          'New ratings',
          `${formatCount(bufferRatings)} since its training (retraining needs ${formatCount(minBufferRatings)})`,
        ],
        [
          'Last check',
          check === null
            ? 'none yet'
            : `${check.verdict === 'drift' ? '**drift**' : check.verdict}, ${formatInstant(check.checkedAt)}, against v${check.modelVersion}`,
        ],
        ['Alerts', alertsCell(status)],
        ['Drift issue', episode === null ? 'none open' : `${episode.issue}, stage \`${episode.stage}\``],
        ['Muted', mute === null ? 'no' : `by ${loginSpan(mute.by)} until ${formatInstant(mute.until)}`],
        ...(erased === null ? [] : [['Erased', erased]]),
        ...(quarantine === null ? [] : [['In quarantine', quarantine]]),
        ['Next', nextStep(status)],
      ],
    }),
  ]);
}

function championCell(
  { version, promotedAt, rmse }: NonNullable<PipelineStatus['champion']>,
  at: Date,
): string {
  const age =
    promotedAt === null ? '' : `, since ${formatInstant(promotedAt)} (${formatAge(promotedAt, at)})`;
  return `model v${version}${age}, RMSE ${formatMetric('rmse', rmse)} on its holdout`;
}

/** `5 h`, `1 day`, `12 days` */
function formatAge(from: Date, to: Date): string {
  const hours = Math.max(0, Math.floor((to.getTime() - from.getTime()) / 3_600_000));
  const days = Math.floor(hours / 24);
  return hours < 24 ? `${hours} h` : `${formatCount(days)} ${plural(days, 'day')}`;
}

function alertsCell({ openAlerts, acknowledgement }: PipelineStatus): string {
  const open = openAlerts === 0 ? 'none open' : `${formatCount(openAlerts)} open`;
  return acknowledgement === null
    ? open
    : `${open}; the newest was acknowledged by ${loginSpan(acknowledgement.by)}, ${formatInstant(acknowledgement.at)}`;
}

function nextStep(status: PipelineStatus): string {
  const { champion, episode, mute, openAlerts, bufferRatings, minBufferRatings, acknowledgement } = status;
  if (champion === null) return 'the first model is trained';
  if (episode !== null) {
    const { stage, requestedAt } = episode;
    if (stage === 'training') {
      return `the gate judges the challenger${requestedAt === null ? '' : ` that was requested ${formatInstant(requestedAt)}`}`;
    }
    if (stage === 'gated') return 'the model that passed the gate is released';
    if (stage === 'released') return 'the released model is deployed';
    if (stage === 'deployed') return 'the next check closes the issue';
  }
  if (mute !== null) return 'the first check after the mute acts as usual';
  if (openAlerts === 0) {
    return acknowledgement === null
      ? 'nothing until a check finds drift'
      : 'nothing until a check raises a new alert';
  }
  if (bufferRatings < minBufferRatings) return 'retraining when enough ratings have arrived';
  return episode?.stage === 'refused'
    ? 'retraining when a new batch has arrived'
    : 'the next check dispatches retraining';
}
