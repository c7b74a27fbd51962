import { qualityLabel } from '../../pipeline/reports/quality-table.ts';
import { workflowPage } from '../../pipeline/reports/run-links.ts';
import { lateness } from '../../pipeline/serving/serving-status.ts';
import type { PageData } from './page-data.ts';
import { TEXT } from './text.ts';

/** Something that a person should look at (amber) or act on (red). */
export interface Attention {
  readonly level: 'red' | 'amber';
  readonly text: string;
  readonly link: { readonly text: string; readonly address: string | null };
}

/** A database that is fuller than this share of its limit is amber. */
const FULL = 0.8;

/** What needs attention, the red first. */
export function attentionOf(data: PageData): readonly Attention[] {
  const found = [
    ...lateSchedules(data),
    ...openDrift(data),
    ...models(data),
    ...newestBatch(data),
    ...size(data),
  ];
  return found.sort((a, b) => Number(b.level === 'red') - Number(a.level === 'red'));
}

function lateSchedules({ status, now, history }: PageData): readonly Attention[] {
  const late = lateness(status, now);
  const repository = history?.facts.repository ?? null;
  // Only the repository of the address is used.
  const run = repository === null ? null : { url: `${repository}/actions/runs/1` };
  return (['ingest', 'drift'] as const).flatMap((workflow): readonly Attention[] => {
    const { isLate, hours } = late[workflow];
    if (!isLate || hours === null) return [];
    const text = TEXT.attention.late[workflow](hours, status[`${workflow}Hours`]);
    const link = { text: TEXT.attention.lateLink[workflow], address: workflowPage(run, workflow) };
    return [{ level: 'amber', text, link }];
  });
}

function openDrift({ status, history }: PageData): readonly Attention[] {
  const { driftLink, issueLink, drift, answering } = TEXT.attention;
  const issue = history?.facts.issue ?? null;
  if (status.openAlerts === 0 && issue === null) return [];
  const link =
    issue === null
      ? { text: driftLink, address: '/drift' }
      : { text: issueLink(issue.number), address: issue.location };
  return status.openAlerts > 0
    ? [{ level: 'red', text: drift, link }]
    : [{ level: 'amber', text: answering, link }];
}

function models({ history, serving }: PageData): readonly Attention[] {
  const newest = history?.models.at(-1);
  if (history === null || newest === undefined) return [];
  const { version } = newest;
  const address = `/models?model=${version}`;
  const { attention } = TEXT;
  const served = serving.manifest.version;
  const isRecorded = history.models.some((model) => model.version === served && model.status === 'champion');
  const unrecorded: readonly Attention[] = isRecorded
    ? []
    : [
        {
          level: 'amber',
          text: attention.unrecorded(served),
          link: { text: attention.waitingLink(served), address: `/models?model=${served}` },
        },
      ];
  if (newest.status === 'refused') {
    const link = { text: attention.refusedLink(version), address };
    return [...unrecorded, { level: 'red', text: attention.refused(version), link }];
  }
  if (newest.status === 'challenger' && version !== served) {
    const link = { text: attention.waitingLink(version), address };
    return [...unrecorded, { level: 'amber', text: attention.waiting(version), link }];
  }
  return unrecorded;
}

function newestBatch({ history }: PageData): readonly Attention[] {
  const batch = history?.batches.at(-1);
  return (batch?.quality ?? [])
    .filter(({ severity }) => severity !== 'info')
    .map(({ kind, severity }) => ({
      level: severity === 'severe' ? 'red' : 'amber',
      text: TEXT.attention.quality(batch?.batchId ?? 0, qualityLabel(kind)),
      link: { text: TEXT.attention.qualityLink(batch?.batchId ?? 0), address: '/pipeline#batches' },
    }));
}

function size({ history }: PageData): readonly Attention[] {
  const { bytes = 0, limitBytes = null } = history?.size ?? {};
  if (limitBytes === null || bytes / limitBytes < FULL) return [];
  const link = { text: TEXT.attention.sizeLink, address: '/pipeline#size' };
  return [{ level: 'amber', text: TEXT.attention.size(bytes / limitBytes), link }];
}
