import { join } from 'node:path';
import { Command } from 'commander';
import type { BatchFinding } from '../quality/finding.ts';
import { formatCount, formatSeconds } from '../reports/numbers.ts';
import {
  countsOf,
  offers,
  type SourceCounts,
  type SourceOffer,
  type TakenBatches,
  takeBatches,
} from '../stages/ingest/take-batches.ts';
import { type LedgerEntry, listBatches } from '../store/ledger.ts';
import { printQuality } from './print/quality.ts';
import { homeDirectory, withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import type { CommonOptions } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface BatchesOptions extends CommonOptions {
  readonly take?: boolean;
  readonly only?: string;
}

/** `cinematch batches`: lists the batches of the configured sources, or ingests the new ones. */
export function batchesCommand(terminal: Terminal): Command {
  return new Command('batches')
    .description('list the batches of the configured sources; with --take, ingest the new ones')
    .option('--take', 'ingest the new batches, oldest first; a simulation gives one week')
    .option('--only <source>', 'a path or https URL in place of the configured sources')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (options: BatchesOptions) => {
      const access = options.take === true ? 'write' : 'read';
      const from = { dataDirectory: join(homeDirectory(), 'data'), only: options.only, access } as const;
      await withEnvironmentPipeline(terminal, options.config, access, async (pipeline) => {
        if (options.take === true) {
          const result = await takeBatches(pipeline, from);
          if (options.json === true) terminal.printJson(result);
          else printTaken(terminal, result);
          return;
        }
        const sources: SourceOffer[] = [];
        for await (const source of offers(pipeline, from)) sources.push(source);
        const quality = (await listBatches(pipeline.store)).flatMap(findingsOf);
        if (options.json === true) terminal.printJson({ sources: sources.map(offerJson), quality });
        else printOffers(terminal, sources, quality);
      });
    });
}

const offerJson = (source: SourceOffer) => ({
  ...countsOf(source),
  batches: source.batches.map(({ name, taken }) => ({ name, taken })),
});

const findingsOf = ({ batchId: batch, quality }: Pick<LedgerEntry, 'batchId' | 'quality'>) =>
  quality.map((finding) => ({ batch, ...finding }));

function printOffers(
  terminal: Terminal,
  sources: readonly SourceOffer[],
  quality: readonly BatchFinding[],
): void {
  printSources(terminal, sources.map(countsOf));
  if (quality.length > 0) terminal.print();
  printQuality(terminal, quality);
  const missing = sources.flatMap(({ batches }) => batches.filter(({ taken }) => !taken));
  if (missing.length === 0) return;
  terminal.print();
  terminal.print('Not ingested yet (cinematch batches --take):');
  for (const { name } of missing) terminal.print(`  ${name}`);
}

function printTaken(terminal: Terminal, { taken, sources }: TakenBatches): void {
  printSources(terminal, sources);
  terminal.print();
  if (taken.length === 0) {
    terminal.print('No new batches.');
    return;
  }
  terminal.printTable(
    ['Batch', 'Source', 'Read', 'New', 'Updated', 'Unchanged', 'Rejected', 'Took'],
    taken.map((result) => [
      String(result.batch),
      result.source,
      ...[result.read, result.new, result.updated, result.unchanged, result.rejected].map(formatCount),
      formatSeconds(result.seconds),
    ]),
  );
  const erased = taken.reduce((sum, batch) => sum + batch.erased, 0);
  if (erased > 0) terminal.print(`${formatCount(erased)} rows of erased users were dropped.`);
  printQuality(
    terminal,
    taken.flatMap(({ batch: batchId, quality }) => findingsOf({ batchId, quality })),
  );
}

function printSources(terminal: Terminal, sources: readonly SourceCounts[]): void {
  terminal.printTable(
    ['Batches from', 'Offered', 'Ingested before', 'Note'],
    sources.map(({ description, offered, alreadyTaken, note }) => [
      description,
      formatCount(offered),
      formatCount(alreadyTaken),
      note ?? '',
    ]),
  );
}
