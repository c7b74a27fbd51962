import { repoPath, timestamp } from './names.ts';
import { json } from './origin.ts';
import { type ApiCall, bodyOf, invalid, notFound, page, type Route, unprocessable } from './routes.ts';

const STATES = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'];

interface Status {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
  readonly createdAt: string;
  readonly creator: string;
}

interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly payload: unknown;
  readonly environment: string;
  readonly description: string | null;
  readonly transient: boolean;
  readonly production: boolean;
  readonly createdAt: string;
  readonly creator: string;
  readonly statuses: Status[];
}

interface DeploymentOptions {
  readonly apiUrl: string;
  /** The commit of a branch, tag or commit, or null. */
  resolve(ref: string): Promise<string | null>;
  /** Whether a workflow run is under way on a commit: its check is pending. */
  isRunning(sha: string): boolean;
}

/**
 * Deployments as https://docs.github.com/en/rest/deployments/deployments and
 * https://docs.github.com/en/rest/deployments/statuses have them; the `emulate` package has none.
 */
export function deploymentRoutes({ apiUrl, resolve, isRunning }: DeploymentOptions): readonly Route[] {
  const deployments: Deployment[] = [];
  let ids = 0;

  const show = (deployment: Deployment): Record<string, unknown> => ({
    url: `${apiUrl}${repoPath(`/deployments/${deployment.id}`)}`,
    id: deployment.id,
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: { login: deployment.creator },
    created_at: deployment.createdAt,
    updated_at: deployment.statuses.at(-1)?.createdAt ?? deployment.createdAt,
    statuses_url: `${apiUrl}${repoPath(`/deployments/${deployment.id}/statuses`)}`,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
  });
  const showStatus = (status: Status, deployment: Deployment): Record<string, unknown> => ({
    id: status.id,
    state: status.state,
    creator: { login: status.creator },
    description: status.description,
    environment: deployment.environment,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  });
  const wanted = (call: ApiCall): Deployment | undefined =>
    deployments.find(({ id }) => String(id) === call.params['id']);

  const setState = (
    deployment: Deployment,
    body: Readonly<Record<string, unknown>>,
    creator: string,
  ): Status => {
    const status: Status = {
      id: ++ids,
      state: String(body['state']),
      description: text(body['description']) ?? '',
      environmentUrl: text(body['environment_url']) ?? '',
      logUrl: text(body['log_url']) ?? '',
      createdAt: timestamp(),
      creator,
    };
    deployment.statuses.push(status);
    return status;
  };

  return [
    {
      route: 'GET /deployments',
      needs: 'deployments=read',
      answer: (call) => {
        const matching = deployments.filter((deployment) =>
          (['sha', 'ref', 'task', 'environment'] as const).every((name) => {
            const value = call.query.get(name);
            return value === null || value === 'none' || deployment[name] === value;
          }),
        );
        const { items, headers } = page(call, apiUrl, matching.reverse());
        return json(200, items.map(show), headers);
      },
    },
    {
      route: 'POST /deployments',
      needs: 'deployments=write',
      answer: async (call) => {
        const body = bodyOf(call);
        const ref = text(body['ref']);
        if (ref === undefined)
          return invalid({ resource: 'Deployment', code: 'missing_field', field: 'ref' });
        const sha = await resolve(ref);
        if (sha === null) return unprocessable(`No ref found for: ${ref}`);
        // Without required_contexts every check of the commit must have passed, the asking run's own among them.
        if (body['required_contexts'] === undefined && isRunning(sha)) {
          return json(409, { message: `Conflict: Commit status checks are pending for ${ref}.` });
        }
        const description = text(body['description']) ?? null;
        if ((description ?? '').length > 140) {
          const message = 'description is too long (maximum is 140 characters)';
          return invalid({ resource: 'Deployment', code: 'custom', field: 'description', message });
        }
        const environment = text(body['environment']) ?? 'production';
        const deployment: Deployment = {
          id: ++ids,
          sha,
          ref,
          task: text(body['task']) ?? 'deploy',
          payload: body['payload'] ?? {},
          environment,
          description,
          transient: body['transient_environment'] === true,
          production: (body['production_environment'] ?? environment === 'production') === true,
          createdAt: timestamp(),
          creator: call.actor.login,
          statuses: [],
        };
        deployments.push(deployment);
        return json(201, show(deployment));
      },
    },
    {
      route: 'GET /deployments/:id',
      needs: 'deployments=read',
      answer: (call) => {
        const deployment = wanted(call);
        return deployment === undefined ? notFound() : json(200, show(deployment));
      },
    },
    {
      route: 'GET /deployments/:id/statuses',
      needs: 'deployments=read',
      answer: (call) => {
        const deployment = wanted(call);
        if (deployment === undefined) return notFound();
        const { items, headers } = page(call, apiUrl, [...deployment.statuses].reverse());
        return json(
          200,
          items.map((status) => showStatus(status, deployment)),
          headers,
        );
      },
    },
    {
      route: 'POST /deployments/:id/statuses',
      needs: 'deployments=write',
      answer: (call) => {
        const deployment = wanted(call);
        if (deployment === undefined) return notFound();
        const body = bodyOf(call);
        if (!STATES.includes(String(body['state']))) {
          return invalid({ resource: 'DeploymentStatus', code: 'invalid', field: 'state' });
        }
        const status = setState(deployment, body, call.actor.login);
        if (status.state === 'success' && body['auto_inactive'] !== false) {
          // "all prior non-transient, non-production environment deployments … become inactive"
          deployments
            .filter((other) => other.id < deployment.id && other.environment === deployment.environment)
            .filter((other) => !other.transient && !other.production)
            .forEach((other) => void setState(other, { state: 'inactive' }, call.actor.login));
        }
        return json(201, showStatus(status, deployment));
      },
    },
  ];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
