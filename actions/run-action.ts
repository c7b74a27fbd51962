import { error, getInput, info, notice, setOutput, setSecret, summary, warning } from '@actions/core';
import type { Config } from '../pipeline/config.ts';
import { OperatorError, stackOf } from '../pipeline/lib/errors.ts';
import { fileFailure } from '../pipeline/lib/file-failure.ts';
import type { OnProgress } from '../pipeline/lib/progress.ts';
import type { Stopwatch } from '../pipeline/lib/stopwatch.ts';
import { failureSummary } from '../pipeline/reports/failure-summary.ts';
import { loadConfig } from '../pipeline/stages/load-config.ts';
import { type Artifacts, openArtifacts } from './artifacts.ts';
import { type Environment, type GithubRun, readGithubRun } from './github-run.ts';
import { type ActionDefinition, type Inputs, type InputValues, type Outputs, readInputs } from './inputs.ts';
import { progressLog } from './log.ts';

/** What only an entry point may access. */
export interface Surroundings {
  readonly env: Environment;
  readonly clock: () => Date;
  readonly stopwatch: Stopwatch;
}

/** What an action works with. */
export interface ActionContext<I extends Inputs> {
  readonly inputs: InputValues<I>;
  readonly run: GithubRun;
  readonly artifacts: Artifacts;
  /** Of `cinematch.config.ts`. */
  readonly config: Config;
  readonly env: Environment;
  readonly clock: () => Date;
  readonly stopwatch: Stopwatch;
  readonly onProgress: OnProgress;
  /** Writes a warning to the log and the run's page, for failures that do not fail the job. */
  readonly warn: (message: string) => void;
  /** The same, for information. */
  readonly note: (message: string) => void;
  /** Masks this text in the log from now on. */
  readonly mask: (secret: string) => void;
}

export interface ActionResult<O extends Outputs> {
  readonly outputs: Readonly<Partial<Record<keyof O, string | number | boolean>>>;
  /** Markdown; empty for a step without a summary. */
  readonly summary: string;
  /** Fails the job although the action succeeded, for example when the gate of a pull request fails. */
  readonly failed?: string;
}

/**
 * Runs an action: masks secrets, reads inputs, calls `work`, sets outputs, writes the job summary. A failure
 * becomes an annotation and a summary with its cause and its remedy.
 */
export async function runAction<I extends Inputs, O extends Outputs>(
  definition: ActionDefinition<I, O>,
  { env, clock, stopwatch }: Surroundings,
  work: (context: ActionContext<I>) => Promise<ActionResult<O>>,
): Promise<void> {
  let run: GithubRun | undefined;
  try {
    maskSecrets(definition);
    run = readGithubRun(env);
    const inputs = readInputs(definition, getInput);
    const result = await work({
      inputs,
      run,
      config: await loadConfig(),
      env,
      clock,
      stopwatch,
      artifacts: openArtifacts(run),
      onProgress: progressLog(stopwatch),
      warn: (message) => warning(message, { title: definition.name }),
      note: (message) => notice(message, { title: definition.name }),
      mask: setSecret,
    });
    for (const [name, value] of Object.entries(result.outputs)) setOutput(name, value);
    await writeSummary(env, result.summary);
    if (result.failed !== undefined) fail(definition.name, result.failed);
  } catch (cause) {
    await report(definition.name, env, run, cause);
  }
}

/** Masks every secret input, and the password inside a secret URL. */
function maskSecrets({ inputs }: ActionDefinition<Inputs, Outputs>): void {
  for (const [name, { secret }] of Object.entries(inputs)) {
    const value = secret ? getInput(name) : '';
    if (value === '') continue;
    setSecret(value);
    if (!URL.canParse(value)) continue;
    const { password } = new URL(value);
    for (const form of new Set([password, decodeURIComponent(password)])) if (form !== '') setSecret(form);
  }
}

async function report(
  action: string,
  env: Environment,
  run: GithubRun | undefined,
  thrown: unknown,
): Promise<void> {
  const cause = fileFailure(thrown) ?? thrown;
  const place = run && { run: { commit: run.sha, url: run.url } };
  if (cause instanceof OperatorError) {
    fail(`${action}: ${cause.code}`, `${cause.message} ${cause.remedy}`);
    await writeSummary(
      env,
      failureSummary({ ...place, action, code: cause.code, message: cause.message, remedy: cause.remedy }),
    );
    return;
  }
  const stack = stackOf(cause);
  // Indented, so that the runner reads no line as a command.
  info(stack.replace(/^/gm, '  '));
  fail(`${action} failed because of a bug`, cause instanceof Error ? cause.message : stack);
  await writeSummary(env, failureSummary({ ...place, action, code: null, message: stack, remedy: null }));
}

/** One annotation, and the job fails. */
function fail(title: string, message: string): void {
  error(message, { title });
  process.exitCode = 1;
}

/** Outside a runner there is no summary file. */
async function writeSummary(env: Environment, markdown: string): Promise<void> {
  if (env['GITHUB_STEP_SUMMARY'] && markdown !== '') await summary.addRaw(markdown, true).write();
}
