import { Command } from 'commander';
import { formatBytes, formatSeconds } from '../reports/numbers.ts';
import { inspectSource } from '../source/inspect.ts';
import { readingOf } from '../source/read-rated-source.ts';
import { loadConfig } from '../stages/load-config.ts';
import { inspectionLines } from './print/inspection.ts';
import { EXIT } from './terminal/exit.ts';
import { clock, stopwatch } from './terminal/open-pipeline.ts';
import {
  type CommonOptions,
  type FileReadingOptions,
  idsOption,
  withReading,
  withReadingOptions,
} from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `cinematch data inspect`: says what would be read of a source, and changes nothing. */
export function inspectCommand(terminal: Terminal): Command {
  return withReadingOptions(new Command('inspect'))
    .description('say what would be read of a file or folder of ratings; changes nothing')
    .argument('<source>', 'a file or folder of ratings, in any layout')
    .addOption(idsOption())
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExits 3 when the source would be refused.')
    .action(async (path: string, options: CommonOptions & FileReadingOptions) => {
      const config = withReading(await loadConfig(options.config), options);
      const started = stopwatch();
      const { inspection, refused } = await inspectSource(path, {
        ...readingOf(config),
        now: clock(),
        onProgress: terminal.onProgress,
      });
      const seconds = (stopwatch() - started) / 1000;
      const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
      const ids = options.ids === undefined ? '' : ` --ids ${options.ids}`;
      const next = refused === null ? `cinematch bootstrap --dataset ${given(path, options)}${ids}` : null;
      if (refused !== null) process.exitCode = EXIT.found;
      if (options.json === true) {
        terminal.printJson({ ...inspection, refused, seconds, peakMemoryBytes, next });
        return;
      }
      if (inspection !== null) {
        for (const line of inspectionLines(inspection)) terminal.print(line);
        terminal.print(
          `cost       reading took ${formatSeconds(seconds)} and ${formatBytes(peakMemoryBytes)} of memory; every command that reads it needs these`,
        );
      }
      if (refused === null) {
        terminal.print(`next       ${next}`);
        terminal.print(`           cinematch evaluate --folds 5 --data ${given(path, options)}`);
      } else {
        terminal.print(`refused    ${refused.message}`);
        terminal.print(`           ${refused.remedy} [${refused.code}]`);
      }
    });
}

/** The source and the options that say how to read it, for another command. */
function given(path: string, { columns, scale }: FileReadingOptions): string {
  const named = Object.entries(columns ?? {}).map(([meaning, name]) => `${meaning}=${name}`);
  return [
    quoted(path),
    ...(named.length === 0 ? [] : ['--columns', quoted(named.join(','))]),
    ...(scale === undefined ? [] : ['--scale', quoted(scale)]),
  ].join(' ');
}

/** A word of a shell. */
const quoted = (text: string): string =>
  /^[\w./=,:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
