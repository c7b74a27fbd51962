import type { Config } from '../../config.ts';
import { formatInstant } from '../../reports/numbers.ts';

const HOUR = 3_600_000;

/** A workflow that runs on a schedule. */
export interface Schedule {
  readonly workflow: 'ingest' | 'drift';
  /** When it last ran, for whatever reason; null when it never has. */
  readonly lastRun: Date | null;
  /** False when a person switched it off, or GitHub did and it could not be switched on again. */
  readonly isEnabled: boolean;
}

export interface SilentSchedule {
  readonly workflow: Schedule['workflow'];
  /** Whole hours since its last run; null when it never ran. */
  readonly hoursSilent: number | null;
  readonly disabled: boolean;
  /** What is wrong, and what to do, one sentence each. */
  readonly text: string;
  readonly remedy: string;
}

/**
 * The schedules that are disabled or have not run for longer than allowed.
 *
 * @param aliveSince when the pipeline began its work; a schedule that has never run is measured from then.
 */
export function silentSchedules(
  {
    schedules,
    aliveSince,
    now,
  }: { readonly schedules: readonly Schedule[]; readonly aliveSince: Date; readonly now: Date },
  { ingestHours, driftHours }: Config['watchdog'],
): readonly SilentSchedule[] {
  return schedules.flatMap(({ workflow, lastRun, isEnabled }): SilentSchedule[] => {
    const silence = (now.getTime() - (lastRun ?? aliveSince).getTime()) / HOUR;
    const limit = workflow === 'ingest' ? ingestHours : driftHours;
    if (isEnabled && silence <= limit) return [];
    const last = lastRun === null ? 'It has never run' : `Its last run was ${formatInstant(lastRun)}`;
    return [
      {
        workflow,
        hoursSilent: lastRun === null ? null : Math.floor(silence),
        disabled: !isEnabled,
        text: isEnabled
          ? `The workflow \`${workflow}\` has not run for ${hours(silence)}; the limit is ${hours(limit)}. ${last}.`
          : `The workflow \`${workflow}\` is switched off. ${last}.`,
        remedy: isEnabled
          ? `Run it now: \`gh workflow run ${workflow}.yml\`. GitHub can delay or drop scheduled runs. The next run catches up, so nothing is lost.`
          : `Switch it on again: \`gh workflow enable ${workflow}.yml\`. GitHub switches schedules off after 60 days without a commit.`,
      },
    ];
  });
}

function hours(count: number): string {
  const whole = Math.floor(count);
  return whole < 72 ? `${whole} h` : `${Math.floor(whole / 24)} days`;
}
