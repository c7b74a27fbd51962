import { Command, Option } from 'commander';
import type { Config } from '../config.ts';
import { OperatorError } from '../lib/errors.ts';
import { compareRatings } from '../stages/compare/compare-ratings.ts';
import { detectDrift } from '../stages/drift/detect-drift.ts';
import { gainRows, gainSignal } from '../stages/drift/gain-table.ts';
import { loadConfig } from '../stages/load-config.ts';
import { calibrateCommand } from './calibrate.ts';
import { printDriftCheck } from './print/drift-check.ts';
import { EXIT } from './terminal/exit.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import type { CommonOptions } from './terminal/options.ts';
import { readRatingsFile } from './terminal/read-ratings-file.ts';
import type { Terminal } from './terminal/terminal.ts';

interface DriftOptions extends CommonOptions {
  readonly baseline?: string;
  readonly current?: readonly string[];
  readonly preset?: Config['drift']['preset'];
}

/** `cinematch drift`: compares the buffer with the champion's training data, or files with a file. */
export function driftCommand(terminal: Terminal): Command {
  return new Command('drift')
    .description('check for drift: the buffer against the data of the champion, or files against a file')
    .option('--baseline <file>', 'ratings to compare with; needs no database')
    .option('--current <files...>', 'ratings to judge, oldest first; the last is the newest window')
    .addOption(new Option('--preset <preset>', 'which thresholds to use').choices(['robust', 'classic']))
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExits 3 when drift is found.')
    .enablePositionalOptions()
    .addCommand(calibrateCommand(terminal))
    .action(async (options: DriftOptions) => {
      const verdict =
        options.baseline === undefined && options.current === undefined
          ? await checkBuffer(terminal, options)
          : await checkFiles(terminal, options);
      if (verdict === 'drift') process.exitCode = EXIT.found;
    });
}

function withPreset(config: Config, preset: DriftOptions['preset']): Config {
  return preset === undefined ? config : { ...config, drift: { ...config.drift, preset } };
}

async function checkBuffer(terminal: Terminal, options: DriftOptions): Promise<string> {
  return withEnvironmentPipeline(terminal, options.config, 'write', async (opened) => {
    const pipeline = { ...opened, config: withPreset(opened.config, options.preset) };
    const outcome = await detectDrift(pipeline);
    if (outcome.status === 'nothing-new') {
      const text = `No rating has arrived since model v${outcome.modelVersion} was trained.`;
      if (options.json === true) {
        const { preset } = pipeline.config.drift;
        terminal.printJson({ preset, verdict: 'insufficient', signals: [], note: text });
      } else {
        terminal.print(text);
      }
      return 'insufficient';
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
      });
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
    return check.verdict;
  });
}

async function checkFiles(terminal: Terminal, options: DriftOptions): Promise<string> {
  const { baseline, current } = options;
  if (baseline === undefined || current === undefined) {
    throw new OperatorError(
      'usage',
      `Only ${baseline === undefined ? '--current' : '--baseline'} was given.`,
      'Give both --baseline FILE and --current FILE, or neither to check the buffer.',
    );
  }
  const config = withPreset(await loadConfig(options.config), options.preset);
  const reference = await readRatingsFile(terminal, baseline);
  const windows = [];
  for (const file of current) windows.push(await readRatingsFile(terminal, file));
  const check = compareRatings(reference, windows, config.drift);
  if (options.json === true) terminal.printJson(check);
  else printDriftCheck(terminal, check);
  return check.verdict;
}
