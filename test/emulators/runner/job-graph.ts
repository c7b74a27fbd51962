import type { Job, Workflow } from './workflow.ts';

/** What the job's token may do: what the job says, else the workflow; from a fork never more than reading. */
export function effectivePermissions(
  id: string,
  job: Job,
  workflow: Workflow,
  fork: boolean,
): Readonly<Record<string, 'read' | 'write'>> {
  const stated = job.permissions ?? workflow.permissions;
  if (stated === undefined)
    throw new Error(`${workflow.file}: neither it nor its job ${id} states permissions`);
  const granted = Object.entries(stated).filter(([, access]) => access !== 'none');
  return Object.fromEntries(
    granted.map(([scope, access]) => [scope, fork || access === 'read' ? 'read' : 'write']),
  );
}

/** Jobs so that each comes after those it needs. */
export function inOrder(jobs: Readonly<Record<string, Job>>): readonly (readonly [string, Job])[] {
  const waiting = Object.entries(jobs);
  const ordered: (readonly [string, Job])[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(([, job]) =>
      job.needs.every((need) => ordered.some(([done]) => done === need)),
    );
    if (next < 0)
      throw new Error(`jobs that need each other or none that exist: ${waiting.map(([id]) => id)}`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

/** All jobs that had to run before it. A skipped one far up keeps it from running too. */
export function ancestorsOf(id: string, jobs: Readonly<Record<string, Job>>): readonly string[] {
  const needs = jobs[id]?.needs ?? [];
  return [...new Set([...needs, ...needs.flatMap((need) => ancestorsOf(need, jobs))])];
}
