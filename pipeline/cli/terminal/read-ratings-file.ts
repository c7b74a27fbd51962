import type { Config } from '../../config.ts';
import { type RatedSource, readingOf, readRatedSource } from '../../source/read-rated-source.ts';
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
