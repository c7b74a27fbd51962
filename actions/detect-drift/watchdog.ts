import { OperatorError } from '../../pipeline/lib/errors.ts';
import { type Schedule, type SilentSchedule, silentSchedules } from '../../pipeline/stages/drift/watchdog.ts';
import { listBatches } from '../../pipeline/store/ledger.ts';
import type { OpenedPipeline } from '../open-pipeline.ts';

const SCHEDULED = ['ingest', 'drift'] as const;

/**
 * Keeps GitHub from disabling the schedules, which it does in a public repository after 60 days without a commit.
 *
 * @returns what could not be kept, in sentences for a person.
 */
export async function keepSchedules({ github }: Pick<OpenedPipeline, 'github'>): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const workflow of SCHEDULED) {
    try {
      await github.repository.keepWorkflowEnabled(workflow);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      problems.push(
        `GitHub was not asked to keep the schedule of \`${workflow}\`, and may disable it after 60 days without a commit. ${error.message} ${error.remedy}`,
      );
    }
  }
  return problems;
}

/** Finds the scheduled workflows that have stopped. Before the initial load there are none. */
export async function findSilentSchedules({
  pipeline,
  github,
}: OpenedPipeline): Promise<readonly SilentSchedule[]> {
  const { store, config, clock } = pipeline;
  const aliveSince = (await listBatches(store)).at(0)?.ingestedAt;
  if (aliveSince === undefined) return [];
  const schedules = await Promise.all(
    SCHEDULED.map(
      async (workflow): Promise<Schedule> => ({
        workflow,
        lastRun: await github.repository.lastRunAt(workflow),
        isEnabled: await github.repository.isWorkflowEnabled(workflow),
      }),
    ),
  );
  return silentSchedules({ schedules, aliveSince, now: clock() }, config.watchdog);
}
