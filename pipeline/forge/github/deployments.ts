import { z } from 'zod';
import { jsonOrNull } from '../../lib/json.ts';
import type { Deployment, Deployments } from '../forge.ts';
import type { Connection, Octokit } from './connect.ts';

type RawDeployment = Awaited<ReturnType<Octokit['rest']['repos']['getDeployment']>>['data'];

const payloadSchema = z.object({ version: z.int().positive() });
/** GitHub's limit for the description of a status; also used for deployments. */
const MAX_DESCRIPTION_LENGTH = 140;

/**
 * Deployments with the model version as payload. Others are ignored, because a job with `environment:` also creates one.
 */
export function githubDeployments({
  octokit,
  at,
  once,
  options,
  inTurn,
  createOnce,
}: Connection): Deployments {
  const { repos } = octokit.rest;

  const list = async (environment: string): Promise<readonly Deployment[]> => {
    const found = await octokit.paginate(repos.listDeployments, { ...at, environment, per_page: 100 });
    return found
      .map(deploymentOf)
      .filter((deployment) => deployment !== null)
      .sort((a, b) => b.id - a.id);
  };

  const succeed = (id: number, url: string | undefined) =>
    createOnce(
      async () => {
        const statuses = await octokit.paginate(repos.listDeploymentStatuses, {
          ...at,
          deployment_id: id,
          per_page: 100,
        });
        return statuses.find(({ state }) => state === 'success') ?? null;
      },
      async () =>
        (
          await repos.createDeploymentStatus({
            ...at,
            deployment_id: id,
            state: 'success',
            ...(url === undefined ? {} : { environment_url: url }),
            ...once,
          })
        ).data,
    );

  return {
    list,
    create: ({ environment, version, description, url }) =>
      inTurn(async () => {
        const deployment = await createOnce(
          async () => {
            const [newest] = await list(environment);
            return newest?.version === version ? newest : null;
          },
          async () => {
            const { data } = await repos.createDeployment({
              ...at,
              ref: options.ref,
              environment,
              description: shorten(description.trim()),
              payload: { version },
              production_environment: environment === 'production',
              auto_merge: false,
              required_contexts: [],
              ...once,
            });
            return {
              id: (data as RawDeployment).id,
              environment,
              version,
              description: shorten(description.trim()),
              createdAt: new Date((data as RawDeployment).created_at),
            };
          },
        );
        await succeed(deployment.id, url);
        return deployment;
      }),
  };
}

function deploymentOf(raw: RawDeployment): Deployment | null {
  const payload = payloadSchema.safeParse(
    // GitHub returns the payload as an object or as JSON text.
    typeof raw.payload === 'string' ? jsonOrNull(raw.payload) : raw.payload,
  );
  if (!payload.success) return null;
  return {
    id: raw.id,
    environment: raw.environment,
    version: payload.data.version,
    description: raw.description ?? '',
    createdAt: new Date(raw.created_at),
  };
}

const shorten = (text: string): string =>
  text.length <= MAX_DESCRIPTION_LENGTH ? text : `${text.slice(0, MAX_DESCRIPTION_LENGTH - 1)}…`;
