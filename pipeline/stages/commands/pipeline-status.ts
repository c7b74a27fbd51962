import { leastNewRatings } from '../../drift/retraining.ts';
import { erasedText } from '../../reports/erased-text.ts';
import { quarantineText } from '../../reports/quarantine-text.ts';
import { latestCheck, newestAcknowledgement, openAlerts } from '../../store/drift-log.ts';
import { activeMute } from '../../store/drift-mutes.ts';
import { pendingErasures } from '../../store/erasures.ts';
import { countBufferRatings } from '../../store/ledger.ts';
import { listQuarantines } from '../../store/quarantine.ts';
import { readChampion } from '../champion/champion.ts';
import { isOpen, readEpisode } from '../drift/episode.ts';
import type { Pipeline } from '../pipeline.ts';
import type { PipelineStatus } from './status-report.ts';

/** Reads the state of the pipeline: serving model, new ratings, last check, episode. */
export async function readStatus(pipeline: Pipeline): Promise<PipelineStatus> {
  const { config, store, clock } = pipeline;
  const at = clock();
  const champion = await readChampion(pipeline);
  const newest = await latestCheck(store);
  const alerts = await openAlerts(store, { since: new Date(0) });
  const episode = await readEpisode(pipeline);
  const pending = champion && (await pendingErasures(store, champion.version));
  return {
    at,
    champion: champion && {
      version: champion.version,
      promotedAt: champion.promotedAt,
      rmse: champion.manifest.metrics.rmse,
    },
    bufferRatings: await countBufferRatings(store, champion?.manifest.snapshot.batches),
    minBufferRatings:
      champion === null ? 0 : leastNewRatings(champion.manifest.snapshot.ratings, config.retraining),
    check: newest && {
      checkedAt: newest.checkedAt,
      verdict: newest.check.verdict,
      modelVersion: newest.modelVersion,
    },
    openAlerts: alerts.filter(({ modelVersion }) => modelVersion === champion?.version).length,
    acknowledgement: champion && (await newestAcknowledgement(store, champion.version)),
    erased: pending && erasedText(pending, config.privacy),
    quarantine: quarantineText(await listQuarantines(store)),
    mute: await activeMute(store, at),
    episode: isOpen(episode)
      ? { issue: episode.issue.number, stage: episode.stage, requestedAt: episode.requestedAt }
      : null,
  };
}
