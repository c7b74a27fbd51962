import { Command } from 'commander';
import { leastNewRatings } from '../drift/retraining.ts';
import { erasedText } from '../reports/erased-text.ts';
import { formatMetric } from '../reports/metric-text.ts';
import { formatBytes, formatCount, formatInstant, formatPercent, NO_VALUE } from '../reports/numbers.ts';
import { quarantineText } from '../reports/quarantine-text.ts';
import { readChampion } from '../stages/champion/champion.ts';
import { openDriftIssue } from '../stages/drift/episode.ts';
import { latestCheck, openAlerts } from '../store/drift-log.ts';
import { pendingErasures } from '../store/erasures.ts';
import { countBufferRatings, listBatches } from '../store/ledger.ts';
import { listQuarantines } from '../store/quarantine.ts';
import { listOutcomes } from '../store/retraining-gains.ts';
import { readStoreSize, type StoreSize } from '../store/size.ts';
import { styledVerdict } from './print/drift-check.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import type { CommonOptions } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

const SHOWN_BATCHES = 10;
const SHOWN_TRAININGS = 5;
const SHOWN_TABLES = 5;

/** `204 MB of 512 MB, 32,000,000 packed and 0 plain ratings; 4,300,000 more plain ones fit, or 53,000,000 packed ones` */
function formatSizeOf({ bytes, limitBytes, ratings, room }: StoreSize): string {
  const limit = limitBytes === null ? '' : ` of ${formatBytes(limitBytes)}`;
  const stored = `${formatCount(ratings.packed)} packed and ${formatCount(ratings.plain)} plain ratings`;
  const fits =
    room === null
      ? ''
      : `; ${formatCount(room.plain)} more plain ones fit, or ${formatCount(room.packed)} packed ones`;
  return `${formatBytes(bytes)}${limit}, ${stored}${fits}`;
}

/** `2.3% better` */
const formatGain = (gain: number | null): string =>
  gain === null ? NO_VALUE : `${formatPercent(Math.abs(gain))} ${gain < 0 ? 'worse' : 'better'}`;

/** `cinematch status`: the champion, the newest batches, the last drift check, the open issue. */
export function statusCommand(terminal: Terminal): Command {
  return new Command('status')
    .description('show the champion, the newest batches, the last drift check and the open issue')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'read', async (pipeline) => {
        const { store, config } = pipeline;
        const champion = await readChampion(pipeline);
        const batches = await listBatches(store);
        const bufferRatings = await countBufferRatings(store, champion?.manifest.snapshot.batches);
        const check = await latestCheck(store);
        const alerts = await openAlerts(store, { since: new Date(0) });
        const quarantines = (await listQuarantines(store)).filter(({ releasedAt }) => releasedAt === null);
        const erased = champion && (await pendingErasures(store, champion.version));
        const issue = await openDriftIssue(pipeline);
        const size = await readStoreSize(store, config.store.limitMegabytes);
        const outcomes = await listOutcomes(store, SHOWN_TRAININGS);
        if (options.json === true) {
          terminal.printJson({
            store: store.description,
            size,
            champion: champion && { version: champion.version, ...champion.manifest.metrics },
            batches,
            bufferRatings,
            check,
            openAlerts: alerts.length,
            trainings: outcomes,
            quarantines,
            pendingErasures: erased,
            openIssue: issue && { number: issue.number, title: issue.title, location: issue.location },
          });
          return;
        }
        terminal.print(`store     ${store.description}`);
        terminal.print(`size      ${formatSizeOf(size)}`);
        terminal.print(
          champion === null
            ? 'champion  none yet: cinematch train'
            : `champion  v${champion.version} (${champion.manifest.algorithm}), RMSE ${formatMetric('rmse', champion.manifest.metrics.rmse)}, trained on ${formatCount(champion.manifest.snapshot.ratings)} ratings`,
        );
        if (champion !== null && champion.status !== 'champion') {
          terminal.print(
            `          its promotion was interrupted; the next drift check, training or deployment completes it`,
          );
        }
        terminal.print(
          `buffer    ${formatCount(bufferRatings)} ratings${champion === null ? '' : ` (retraining needs ${formatCount(leastNewRatings(champion.manifest.snapshot.ratings, config.retraining))})`}`,
        );
        terminal.print(
          check === null
            ? 'check     none yet: cinematch drift'
            : `check     ${styledVerdict(terminal, check.check.verdict)} at ${formatInstant(check.checkedAt)}, against v${check.modelVersion}; ${alerts.length} open ${alerts.length === 1 ? 'alert' : 'alerts'}`,
        );
        if (erased !== null) terminal.print(`erased    ${erasedText(erased, config.privacy)}`);
        const keptOut = quarantineText(quarantines);
        if (keptOut !== null) terminal.print(`kept out  ${keptOut}: cinematch quarantine list`);
        terminal.print(
          issue === null
            ? 'issue     none open'
            : `issue     ${issue.number}: ${issue.title} (${issue.location})`,
        );
        if (outcomes.length > 0) {
          terminal.print();
          terminal.printTable(
            ['Training', 'Reason', 'Expected RMSE', 'Realised RMSE', 'Realised NDCG@10', 'On batch'],
            outcomes.map(({ modelVersion, reason, expected, gain, batchId }) => [
              `v${modelVersion}`,
              reason,
              formatGain(expected),
              formatGain(gain.rmse?.gain ?? null),
              formatGain(gain.ndcgAt10?.gain ?? null),
              String(batchId),
            ]),
          );
        }
        terminal.print();
        terminal.printTable(
          ['Table', 'Size'],
          size.tables.slice(0, SHOWN_TABLES).map(({ name, bytes }) => [name, formatBytes(bytes)]),
        );
        if (batches.length === 0) return;
        terminal.print();
        terminal.printTable(
          ['Batch', 'Source', 'Role', 'Read', 'New', 'Updated', 'Unchanged', 'Rejected', 'Ingested', 'Took'],
          batches
            .slice(-SHOWN_BATCHES)
            .map((batch) => [
              String(batch.batchId),
              batch.source,
              batch.role,
              formatCount(batch.read),
              formatCount(batch.new),
              formatCount(batch.updated),
              formatCount(batch.unchanged),
              formatCount(batch.rejected),
              formatInstant(batch.ingestedAt),
              `${formatCount(batch.durationMs)} ms`,
            ]),
        );
      });
    });
}
