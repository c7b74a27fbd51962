import { Command, Option } from 'commander';
import type { Config } from '../config.ts';
import type { Verdict } from '../drift/signal.ts';
import { OperatorError } from '../lib/errors.ts';
import { writeAtomically } from '../lib/write-atomically.ts';
import { compareFiles } from '../stages/compare/compare-files.ts';
import { detectDrift } from '../stages/drift/detect-drift.ts';
import { gainRows, gainSignal } from '../stages/drift/gain-table.ts';
import { type DriftReport, driftReportHtml } from '../stages/drift/report/drift-report.ts';
import { readDriftReport } from '../stages/drift/report/read-report.ts';
import { loadConfig } from '../stages/load-config.ts';
import { calibrateCommand } from './calibrate.ts';
import { printComparedFiles, printDriftCheck } from './print/drift-check.ts';
import { withThresholds } from './terminal/drift-thresholds.ts';
import { EXIT } from './terminal/exit.ts';
import { clock, withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import {
  type CommonOptions,
  collectValue,
  type FileReadingOptions,
  withReading,
  withReadingOptions,
} from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

interface DriftOptions extends CommonOptions, FileReadingOptions {
  readonly baseline?: string;
  readonly current?: readonly string[];
  readonly preset?: Config['drift']['preset'];
  readonly threshold: Readonly<Record<string, number>>;
  readonly failOn: FailOn;
  readonly html?: string;
}

/** Verdicts from the best to the worst. Too little data is worse than `ok`, and no sign of drift. */
const FROM_BEST: readonly Verdict[] = ['ok', 'insufficient', 'watch', 'drift'];
type FailOn = Exclude<Verdict, 'ok'>;

/** `cinematch drift`: compares the buffer with the champion's training data, or files with a file. */
export function driftCommand(terminal: Terminal): Command {
  return withReadingOptions(new Command('drift'))
    .description('check for drift: the buffer against the data of the champion, or files against a file')
    .option('--baseline <file>', 'ratings to compare with; needs no database')
    .option('--current <files...>', 'ratings to judge, oldest first; the last is the newest window')
    .addOption(new Option('--preset <preset>', 'which thresholds to use').choices(['robust', 'classic']))
    .option('--threshold <name=value>', 'another threshold for a signal; repeatable', collectValue, {})
    .addOption(
      new Option('--fail-on <verdict>', `exit 3 for this verdict or a worse one: ${FROM_BEST.join(' < ')}`)
        .choices(FROM_BEST.slice(1))
        .default('drift'),
    )
    .option('--html <file>', 'write the report as one HTML page')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExits 3 when drift is found, or what --fail-on says.')
    .enablePositionalOptions()
    .addCommand(calibrateCommand(terminal))
    .action(async (options: DriftOptions) => {
      const verdict =
        options.baseline === undefined && options.current === undefined
          ? await checkBuffer(terminal, options)
          : await checkFiles(terminal, options);
      if (FROM_BEST.indexOf(verdict) >= FROM_BEST.indexOf(options.failOn)) process.exitCode = EXIT.found;
    });
}

function withOptions(config: Config, { preset, threshold }: DriftOptions): Config {
  const drift = preset === undefined ? config.drift : { ...config.drift, preset };
  return { ...config, drift: withThresholds(drift, threshold) };
}

async function checkBuffer(terminal: Terminal, options: DriftOptions): Promise<Verdict> {
  const [named] = (['columns', 'scale'] as const).filter((name) => options[name] !== undefined);
  if (named !== undefined) {
    throw new OperatorError(
      'usage',
      `--${named} is about files, and no files were given.`,
      `Give --baseline FILE and --current FILE, or leave --${named} out.`,
    );
  }
  return withEnvironmentPipeline(terminal, options.config, 'write', async (opened) => {
    const pipeline = { ...opened, config: withOptions(opened.config, options) };
    const outcome = await detectDrift(pipeline);
    if (outcome.status === 'nothing-new') {
      const text = `No rating has arrived since model v${outcome.modelVersion} was trained.`;
      if (options.html !== undefined) terminal.note(`${options.html} was not written: nothing was checked.`);
      if (options.json === true) {
        const { preset } = pipeline.config.drift;
        terminal.printJson({ preset, verdict: 'insufficient', signals: [], note: text });
      } else {
        terminal.print(text);
      }
      return 'insufficient';
    }
    if (options.html !== undefined) {
      await writeReport(options.html, await readDriftReport(pipeline, outcome));
    }
    const { check, gain, decision, issue, bufferRatings, modelVersion } = outcome;
    if (options.json === true) {
      terminal.printJson({
        ...check,
        signals: [gainSignal(gain), ...check.signals],
        gain,
        modelVersion,
        bufferRatings,
        decision: decision.decision,
        reason: decision.reason,
        expectedGain: decision.expectedGain,
        reasons: decision.reasons,
        issue: issue?.number ?? null,
        seconds: outcome.seconds,
      });
      noteReport(terminal, options);
      return check.verdict;
    }
    const { header, rows } = gainRows(gain);
    if (rows.length > 0) {
      terminal.printTable(header, rows);
      terminal.print();
    }
    printDriftCheck(terminal, check);
    terminal.print();
    terminal.print(
      `${decision.decision === 'retrain' ? 'Retraining is due' : 'No retraining'}: ${decision.reasons.join('; ')}`,
    );
    if (issue !== null) terminal.print(`Issue ${issue.number}: ${issue.location}`);
    if (decision.reason !== null) terminal.print(`Next: cinematch train --reason ${decision.reason}`);
    noteReport(terminal, options);
    return check.verdict;
  });
}

async function checkFiles(terminal: Terminal, options: DriftOptions): Promise<Verdict> {
  const { baseline, current } = options;
  if (baseline === undefined || current === undefined) {
    throw new OperatorError(
      'usage',
      `Only ${baseline === undefined ? '--current' : '--baseline'} was given.`,
      'Give both --baseline FILE and --current FILE, or neither to check the buffer.',
    );
  }
  const config = withReading(withOptions(await loadConfig(options.config), options), options);
  const checkedAt = clock();
  const { onProgress } = terminal;
  const compared = await compareFiles({ baseline, current }, config, { now: checkedAt, onProgress });
  const { check } = compared;
  const files = { baseline: compared.baseline, current: compared.current };
  if (options.html !== undefined) {
    const { shown, movieTitle } = compared;
    await writeReport(options.html, {
      check: shown,
      checkedAt,
      movieTitle,
      confidence: check.preset === 'robust' ? 1 - config.drift.robust.familyWiseErrorRate : null,
      baseline: files.baseline.file,
      current: files.current.map(({ file }) => file),
    });
  }
  if (options.json === true) {
    terminal.printJson({ ...check, files });
    noteReport(terminal, options);
    return check.verdict;
  }
  printDriftCheck(terminal, check);
  printComparedFiles(terminal, files);
  noteReport(terminal, options);
  return check.verdict;
}

/** @throws OperatorError `usage` when the file cannot be written. */
async function writeReport(file: string, report: DriftReport): Promise<void> {
  try {
    await writeAtomically(file, driftReportHtml(report));
  } catch (cause) {
    throw new OperatorError(
      'usage',
      `The report cannot be written to ${file}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Give --html a file in a folder that exists and can be written to.',
      { cause },
    );
  }
}

/** Says where the report is, on a line of its own after the result. */
function noteReport(terminal: Terminal, { html }: Pick<DriftOptions, 'html'>): void {
  if (html !== undefined) terminal.note(`\nReport: ${html}`);
}
