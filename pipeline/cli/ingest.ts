import { Command, Option } from 'commander';
import { formatCount, formatSeconds } from '../reports/numbers.ts';
import { ingestRatings } from '../stages/ingest/ingest-ratings.ts';
import { BATCH_ROLES, type BatchRole, listRejects } from '../store/ledger.ts';
import { firstLines } from './print/inspection.ts';
import { printQuality } from './print/quality.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import {
  type CommonOptions,
  type FileReadingOptions,
  idsOption,
  withReading,
  withReadingOptions,
} from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface IngestOptions extends CommonOptions, FileReadingOptions {
  readonly role: BatchRole;
}

const SHOWN_REJECTS = 10;

/** `cinematch ingest FILE`: ingests a batch of ratings, once. */
export function ingestCommand(terminal: Terminal): Command {
  return withReadingOptions(new Command('ingest'))
    .description('ingest a batch of ratings; the same content a second time changes nothing')
    .argument('<source>', 'a MovieLens file or folder, in any layout')
    .addOption(new Option('--role <role>', 'what the batch is for').choices(BATCH_ROLES).default('buffer'))
    .addOption(idsOption())
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (path: string, options: IngestOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'write', async (pipeline) => {
        const config = withReading(pipeline.config, options);
        const result = await ingestRatings({ ...pipeline, config }, path, options.role);
        if (options.json === true) {
          terminal.printJson(result);
          return;
        }
        const { batch, source, read, updated, unchanged, rejected, erased, quality, seconds, found } = result;
        for (const line of found === undefined ? [] : firstLines(found)) terminal.note(line);
        terminal.print(
          result.status === 'already-ingested'
            ? `${source} was ingested before, as batch ${batch}: nothing changed (${formatSeconds(seconds)})`
            : `batch ${batch}: ${source} ingested in ${formatSeconds(seconds)}`,
        );
        terminal.print(
          `${formatCount(read)} read = ${formatCount(result.new)} new + ${formatCount(updated)} updated + ${formatCount(unchanged)} unchanged + ${formatCount(rejected)} rejected${erased === 0 ? '' : ` + ${formatCount(erased)} of erased users`}`,
        );
        if (result.status !== 'ingested') return;
        printQuality(
          terminal,
          quality.map((finding) => ({ batch, ...finding })),
        );
        if (rejected === 0) return;
        const rejects = await listRejects(pipeline.store, batch, SHOWN_REJECTS);
        terminal.print();
        terminal.printTable(
          ['Row', 'Reason', 'Content'],
          rejects.map(({ rowNumber, reason, content }) => [String(rowNumber), reason, content]),
        );
        if (rejected > rejects.length) {
          terminal.print(`and ${formatCount(rejected - rejects.length)} more in the table rejected_ratings`);
        }
      });
    });
}
