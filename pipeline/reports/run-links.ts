import type { NextStep } from './job-summary.ts';

/** The workflow run of a summary, if known. */
export type SummaryRun = { readonly url: string } | null | undefined;

/** A workflow run, from its URL: `https://github.com/octo/films/actions/runs/812`. */
interface RunParts {
  /** `https://github.com/octo/films` */
  readonly repositoryUrl: string;
  /** `octo/films` */
  readonly repositoryName: string;
  /** `812` */
  readonly id: string;
}

const RUN_URL = /^(https?:\/\/[^/\s]+\/([^/\s]+\/[^/\s]+))\/actions\/runs\/(\d+)(?:\/|$)/;

/** The repository and the number of a workflow run; null when the run is not known, as on one machine. */
export function runParts(run: SummaryRun): RunParts | null {
  const [, repositoryUrl, repositoryName, id] = RUN_URL.exec(run?.url ?? '') ?? [];
  if (repositoryUrl === undefined || repositoryName === undefined || id === undefined) return null;
  return { repositoryUrl, repositoryName, id };
}

/** The page of a workflow with its runs; null when the repository is not known. */
export function workflowPage(run: SummaryRun, workflow: string): string | null {
  const parts = runParts(run);
  return parts === null ? null : `${parts.repositoryUrl}/actions/workflows/${workflow}.yml`;
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
  const parts = runParts(run);
  return parts === null ? null : `gh run rerun ${parts.id} --failed`;
}

/** A page of the documentation on the default branch; null when the repository is not known. */
export function documentation(run: SummaryRun, page: string): string | null {
  const parts = runParts(run);
  return parts === null ? null : `${parts.repositoryUrl}/blob/HEAD/docs/${page}`;
}
