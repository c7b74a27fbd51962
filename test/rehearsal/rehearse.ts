import { readGithub, type SeenOnGithub } from './read-github.ts';
import { openStage, type RehearsedRun, type Stage, type StageOptions } from './stage.ts';

const WEEKS = 3;

/** What a rehearsal has left behind, read once it is over. */
export interface Rehearsed {
  readonly runs: readonly RehearsedRun[];
  readonly seen: SeenOnGithub;
  /** How many requests the emulated GitHub has answered. */
  readonly requests: number;
  /** Requests a job had no permission for: `POST /repos/… (403)`. */
  readonly denied: readonly string[];
  /** What asked for another machine. */
  readonly attempts: readonly string[];
  readonly seconds: number;
}

/**
 * A fork's first three weeks: bootstrap, then each week the scheduled ingest, and every workflow that is
 * handed over to, until a run fails or the weeks are over.
 *
 * @param options `onChapter` is told what happens next; `prepare` and `beforeWeek` may change the repository; `afterwards` may go on
 * when the weeks are over and everything has been read.
 */
export async function rehearse(
  options: StageOptions & {
    readonly onChapter?: (title: string) => void;
    readonly prepare?: (source: string) => void;
    readonly beforeWeek?: (week: number, stage: Stage) => Promise<void>;
    readonly afterwards?: (stage: Stage, rehearsed: Rehearsed) => Promise<void>;
  } = {},
): Promise<Rehearsed> {
  const started = performance.now();
  const stage = await openStage(options);
  try {
    options.prepare?.(stage.source);
    const failed = (): boolean => stage.runs.some(({ conclusion }) => conclusion === 'failure');
    options.onChapter?.('Bootstrap');
    await stage.play('bootstrap.yml', {
      name: 'workflow_dispatch',
      payload: {},
    });
    for (let week = 1; week <= WEEKS && !failed(); week++) {
      options.onChapter?.(`Week ${week}`);
      await options.beforeWeek?.(week, stage);
      await stage.play('ingest.yml', stage.scheduled('ingest.yml'));
    }
    const made = [...stage.github.requests];
    const rehearsed = {
      runs: [...stage.runs],
      seen: await readGithub(stage.github),
      requests: made.length,
      denied: made
        .filter(({ status }) => status === 401 || status === 403)
        .map(({ method, path, status }) => `${method} ${path} (${status})`),
      attempts: stage.machine.attempts(),
      seconds: (performance.now() - started) / 1000,
    };
    await options.afterwards?.(stage, rehearsed);
    return rehearsed;
  } finally {
    await stage.close();
  }
}
