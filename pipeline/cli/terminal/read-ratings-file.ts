import type { Config } from '../../config.ts';
import { readComparedSources } from '../../source/read-compared.ts';
import { type RatedSource, rateSource, readingOf, readRatedSource } from '../../source/read-rated-source.ts';
import type { SourceOptions } from '../../source/read-source.ts';
import { noteReading } from '../print/reading.ts';
import { clock } from './open-pipeline.ts';
import type { Terminal } from './terminal.ts';

/**
 * Reads ratings for a command that works on files alone. Invalid rows are left out; notes say how many and why, and what
 * was not written as usual.
 *
 * @throws OperatorError as `readRatedSource`.
 */
export async function readRatingsFile(
  terminal: Terminal,
  path: string,
  config: Pick<Config, 'source' | 'ingest'>,
  options: Pick<SourceOptions, 'times'> = {},
): Promise<RatedSource> {
  const read = await readRatedSource(path, {
    ...readingOf(config),
    ...options,
    now: clock(),
    onProgress: terminal.onProgress,
  });
  noteReading(terminal, read);
  return read;
}

/**
 * Reads two files of ratings in the same way, with one numbering of their ids where these are texts.
 *
 * @throws OperatorError as `readRatedSource`.
 */
export async function readRatingsFiles(
  terminal: Terminal,
  [one, other]: readonly [string, string],
  config: Pick<Config, 'source' | 'ingest'>,
  options: Pick<SourceOptions, 'times'> = {},
): Promise<readonly [RatedSource, RatedSource]> {
  const reading = readingOf(config);
  const { sources } = await readComparedSources([one, other], {
    ...reading,
    ...options,
    onProgress: terminal.onProgress,
  });
  const [first, second] = sources.map((source) => {
    const read = rateSource(source, { now: clock(), maxRejectShare: reading.maxRejectShare });
    noteReading(terminal, read);
    return read;
  });
  return [first as RatedSource, second as RatedSource];
}
