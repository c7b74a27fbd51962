import type { StepResult } from '../emulators/runner/run-job.ts';
import type { SeenIssue, SeenRelease } from './read-github.ts';
import type { Rehearsed } from './rehearse.ts';
import type { RehearsedRun } from './stage.ts';
import type { Finding } from './verdict.ts';

const rule = (title: string): string => `\n── ${title} ${'─'.repeat(Math.max(3, 90 - title.length))}`;
const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');

/** `  deploy #1004 (workflow_dispatch)  success  3.1 s`, with what its steps announced. */
export function runLine(run: RehearsedRun): string {
  const again = run.attempt > 1 ? `, attempt ${run.attempt}` : '';
  const head = `  ${run.workflow} #${run.runId} (${run.event.name}${again})  ${run.conclusion}  ${run.seconds.toFixed(1)} s`;
  const steps = Object.entries(run.jobs).flatMap(([id, job]) => job.steps.map((step) => [id, step] as const));
  const said = steps.flatMap(([, { annotations }]) =>
    annotations.map(
      ({ level, title, message }) => `    ${level}: ${title === '' ? '' : `${title}: `}${message}`,
    ),
  );
  const broken = steps.filter(([, { conclusion }]) => conclusion === 'failure');
  return [head, ...said, ...broken.map(([id, step]) => failure(id, step))].join('\n');
}

function failure(job: string, step: StepResult): string {
  return indented(`${job}: ${step.title} failed\n${indented(step.log)}`);
}

export function dispatchLine(workflow: string, inputs: Readonly<Record<string, string>>): string {
  const given = Object.entries(inputs)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`);
  return `  → ${workflow.replace('.yml', '')}${given.length === 0 ? '' : ` with ${given.join(', ')}`}`;
}

/** The issue as it would read. */
export function issueText({ number, title, state, labels, body, comments }: SeenIssue): string {
  return [
    rule(`Issue #${number} (${state})`),
    title,
    `Labels: ${labels.join(', ')}`,
    '',
    body,
    ...comments.flatMap((comment, index) => [rule(`Comment ${index + 1} on #${number}`), comment]),
  ].join('\n');
}

/** The release as it would read. */
export function releaseText({ tag, title, state, body, assets }: SeenRelease, latest: string | null): string {
  return [
    rule(`Release ${tag} (${state}${tag === latest ? ', latest' : ''})`),
    title,
    '',
    body,
    '',
    ...assets.map(({ name, bytes, stated }) => `  ${name}  ${bytes} bytes  ${stated}`),
  ].join('\n');
}

/** What it came to. */
export function closingText(rehearsed: Rehearsed, findings: readonly Finding[]): string {
  const { runs, seen, requests, attempts, seconds } = rehearsed;
  return [
    rule('Deployments to production'),
    ...seen.deployments.map((version) => `  model v${version}`),
    rule('What it came to'),
    ...findings.map(
      ({ what, holds, seen: instead }) => `  ${holds ? 'yes' : 'NO '}  ${what}${holds ? '' : `: ${instead}`}`,
    ),
    '',
    `${runs.length} runs in ${seconds.toFixed(0)} s. ${requests} requests to the emulated GitHub, ${attempts.length} left this machine.`,
  ].join('\n');
}
