import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';
import { table } from '../../pipeline/reports/markdown.ts';

/** A permission of a job, with the reason in its comment. */
export interface GrantedPermission {
  readonly workflow: string;
  readonly job: string;
  readonly permission: string;
  readonly level: string;
  readonly reason: string;
}

/**
 * Reads the permissions of a workflow's jobs. The reason is the comment after the permission.
 *
 * @param workflow the file's name without its extension.
 */
export function permissionsOf(workflow: string, text: string): readonly GrantedPermission[] {
  const jobs = parseDocument(text).get('jobs');
  if (!isMap(jobs)) return [];
  return jobs.items.flatMap(({ key, value }) => {
    const permissions = isMap(value) ? value.get('permissions') : null;
    return isMap(permissions) ? grants(workflow, String(key), permissions) : [];
  });
}

function grants(workflow: string, job: string, permissions: YAMLMap): readonly GrantedPermission[] {
  return permissions.items.map(({ key, value }) => ({
    workflow,
    job,
    permission: String(key),
    level: String(value),
    reason: isScalar(value) ? (value.comment ?? '').trim() : '',
  }));
}

/** docs/permissions.md. */
export function permissionsPage(granted: readonly GrantedPermission[]): string {
  return `<!-- Written from .github/workflows by \`npm run docs\`. -->

# Permissions

Every workflow begins with \`permissions: {}\`; a job has only the permissions in its rows. The token of a pull request from a fork can only read, whatever the job requests.

${table({
  header: ['Workflow', 'Job', 'Permission', 'Why'],
  rows: granted.map(({ workflow, job, permission, level, reason }) => [
    `\`${workflow}\``,
    `\`${job}\``,
    `\`${permission}: ${level}\``,
    reason,
  ]),
})}

## Secrets

| Secret | Who reads it | Without it |
| --- | --- | --- |
| \`DATABASE_URL\` | \`bootstrap\`, \`ingest\`, \`drift\`, \`train\` (export and publish), \`deploy\`, \`rollback\`, \`issue-command\` | The embedded Postgres is used; its data directory passes from run to run as an artifact. |
| \`VERCEL_TOKEN\`, \`VERCEL_ORG_ID\`, \`VERCEL_PROJECT_ID\` | \`deploy\`, \`rollback\` | Models are released and recorded; nothing is hosted, and the bundle is an artifact of the run. |
| \`ALERT_WEBHOOK_URL\` | the same as \`DATABASE_URL\` | Changes are only on the issue. |
| \`MLFLOW_TRACKING_URI\`, \`MLFLOW_TRACKING_USERNAME\`, \`MLFLOW_TRACKING_PASSWORD\`, \`MLFLOW_TRACKING_TOKEN\` | \`train\` (publish), \`deploy\`, \`rollback\` | Trainings are not mirrored. |

The job that trains reads none of them.
`;
}
