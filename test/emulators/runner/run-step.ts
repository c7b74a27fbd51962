import { createCommandFiles, type WrittenFiles } from './command-files.ts';
import { type Annotation, masker, readLog } from './log.ts';
import { type ProcessResult, runProcess } from './run-process.ts';

/** What became of a process that ran as a step. */
export interface StepRun {
  readonly code: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables and folders of the path for the steps that follow. */
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  /** Markdown, as GitHub would show it. */
  readonly summary: string;
  /** What was printed, as GitHub would show it. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** What is masked from here on. */
  readonly masks: readonly string[];
  /** Secrets that were written in plain, whether or not a mask would have covered them: `GH…3f in the summary`. */
  readonly leaks: readonly string[];
}

interface StepProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly temp: string;
  readonly timeoutMs: number;
  /** The values of all secrets, the token among them. */
  readonly secrets: readonly string[];
  /** What earlier steps asked to mask. */
  readonly masks: readonly string[];
}

/** Runs a process as the runner runs a step: with files to write to, and commands read from what it prints. */
export async function runStepProcess(step: StepProcess): Promise<StepRun> {
  const files = createCommandFiles(step.temp);
  const result = await runProcess(step.command, step.args, {
    cwd: step.cwd,
    env: { ...step.env, ...files.environment },
    timeoutMs: step.timeoutMs,
  });
  return describeRun(result, files.read(), step);
}

function describeRun(result: ProcessResult, written: WrittenFiles, step: StepProcess): StepRun {
  const secrets = [...new Set(step.secrets)].filter(Boolean);
  const log = readLog(result.output, [...secrets, ...step.masks]);
  const mask = masker(log.masks);
  const problems = [
    ...written.problems,
    ...(result.timedOut ? [`The step took longer than ${step.timeoutMs / 60_000} minutes.`] : []),
  ];
  const places = { 'the log': log.raw, 'a file for the runner': written.raw };
  return {
    code: problems.length > 0 && result.code === 0 ? 1 : result.code,
    outputs: written.outputs,
    env: written.env,
    path: written.path,
    summary: mask(written.summary),
    log: log.text,
    annotations: [
      ...log.annotations,
      ...problems.map((message) => ({ level: 'error', title: '', message }) as const),
    ],
    masks: log.masks,
    leaks: Object.entries(places).flatMap(([place, text]) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => `${hint(secret)} in ${place}`),
    ),
  };
}

/** Enough of a secret to know which it is. */
function hint(secret: string): string {
  return secret.length < 12
    ? `a secret of ${secret.length} characters`
    : `${secret.slice(0, 4)}…${secret.slice(-2)}`;
}
