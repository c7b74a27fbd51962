import { type Schedule, type SilentSchedule, silentSchedules } from '../../pipeline/stages/drift/watchdog.ts';
import { listBatches } from '../../pipeline/store/ledger.ts';
import type { OpenedPipeline } from '../open-pipeline.ts';

const SCHEDULED = ['ingest', 'drift'] as const;

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
