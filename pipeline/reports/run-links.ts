import type { NextStep } from './job-summary.ts';

/** The workflow run of a summary, if known. */
export type SummaryRun = { readonly url: string } | null | undefined;

/** `https://github.com/OWNER/REPOSITORY`; null when the run is not known. */
function repositoryUrl(run: SummaryRun): string | null {
  return /^(https?:\/\/[^\s]+)\/actions\/runs\/\d+$/.exec(run?.url ?? '')?.[1] ?? null;
}

/** The page of a workflow with its runs; null when the repository is not known. */
export function workflowPage(run: SummaryRun, workflow: string): string | null {
  const repository = repositoryUrl(run);
  return repository === null ? null : `${repository}/actions/workflows/${workflow}.yml`;
}

/** A workflow that a person may want to start. */
export function startWorkflow(
  run: SummaryRun,
  workflow: string,
  text: string,
  inputs: Readonly<Record<string, string | number>> = {},
): NextStep {
  const given = Object.entries(inputs).map(([name, value]) => ` -f ${name}=${value}`);
  return {
    text,
    url: workflowPage(run, workflow),
    command: `gh workflow run ${workflow}.yml${given.join('')}`,
  };
}

/** The command that reruns the failed jobs of this run; null when the run is not known. */
export function rerunCommand(run: SummaryRun): string | null {
  const id = /\/actions\/runs\/(\d+)$/.exec(run?.url ?? '')?.[1];
  return id === undefined ? null : `gh run rerun ${id} --failed`;
}

/** A page of the documentation on the default branch; null when the repository is not known. */
export function documentation(run: SummaryRun, page: string): string | null {
  const repository = repositoryUrl(run);
  return repository === null ? null : `${repository}/blob/HEAD/docs/${page}`;
}
