import { z } from 'zod';
import { callVercel, findInVercel, type VercelAccess, VercelError } from './vercel-request.ts';

/** The production domain and its deployment. */
export interface Production {
  readonly url: string;
  /** Null while the domain has no deployment. */
  readonly deploymentId: string | null;
}

/** A Vercel project, which has production domains and deployments. */
const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Id of the team or user that owns it. */
  accountId: z.string(),
  protectionBypass: z.record(z.string(), z.object({ scope: z.string().optional() })).nullish(),
});
export type VercelProject = z.infer<typeof projectSchema>;

const domainsSchema = z.object({
  domains: z.array(
    z.object({
      name: z.string(),
      redirect: z.string().nullish(),
      gitBranch: z.string().nullish(),
      verified: z.boolean().optional(),
    }),
  ),
});
const deploymentSchema = z.object({
  id: z.string(),
  /** Metadata that was set at its creation. */
  meta: z.record(z.string(), z.unknown()).default({}),
});
type VercelDeployment = z.infer<typeof deploymentSchema>;

const anything = z.unknown();

/** Finds the project by its name or id, or creates it. */
export async function openProject(access: VercelAccess, nameOrId: string): Promise<VercelProject> {
  const path = `/v9/projects/${encodeURIComponent(nameOrId)}`;
  const find = () => findInVercel(access, { method: 'GET', path, schema: projectSchema });
  const found = await find();
  if (found !== null) return found;
  // Ids are assigned by Vercel, so a project with this id cannot be created.
  if (nameOrId.startsWith('prj_')) throw new VercelError(`Vercel has no project ${nameOrId}`, 404);
  try {
    const body = { name: nameOrId, framework: null };
    return await callVercel(access, { method: 'POST', path: '/v11/projects', body, schema: projectSchema });
  } catch (error) {
    // Created by a request whose response was lost.
    const created = error instanceof VercelError && error.status === 409 ? await find() : null;
    if (created !== null) return created;
    throw error;
  }
}

/**
 * Returns the secret that bypasses a project's deployment protection, and creates it if necessary. Staged deployments
 * are protected by default.
 */
export async function openBypass(access: VercelAccess, { id }: VercelProject): Promise<string | null> {
  const secretIn = ({ protectionBypass }: Pick<VercelProject, 'protectionBypass'>) =>
    Object.entries(protectionBypass ?? {}).find(([, { scope }]) => scope === 'automation-bypass')?.[0] ??
    null;
  const path = `/v9/projects/${id}`;
  const existing = secretIn(await callVercel(access, { method: 'GET', path, schema: projectSchema }));
  const secret =
    existing ??
    secretIn(
      await callVercel(access, {
        method: 'PATCH',
        path: `/v1/projects/${id}/protection-bypass`,
        body: { generate: { note: 'CineMatch deployments' } },
        schema: projectSchema.pick({ protectionBypass: true }),
      }),
    );
  if (secret !== null) access.masked.add(secret);
  return secret;
}

/**
 * Reads the deployment of the project's production domain.
 *
 * @returns null while the project has no domain.
 */
export async function readProduction(
  access: VercelAccess,
  { id }: VercelProject,
): Promise<Production | null> {
  const { domains } = await callVercel(access, {
    method: 'GET',
    path: `/v9/projects/${id}/domains`,
    query: { production: 'true', redirects: 'false' },
    schema: domainsSchema,
  });
  const own = domains.filter(
    ({ redirect, gitBranch, verified }) => !redirect && !gitBranch && verified !== false,
  );
  // All of them have the same deployment. Vercel's own domain does not depend on other name servers.
  const domain = own.find(({ name }) => name.endsWith('.vercel.app')) ?? own[0];
  if (domain === undefined) return null;
  const alias = await findInVercel(access, {
    method: 'GET',
    path: `/v4/aliases/${encodeURIComponent(domain.name)}`,
    query: { projectId: id },
    schema: z.object({ deploymentId: z.string().nullish() }),
  });
  return { url: urlOf(domain.name), deploymentId: alias?.deploymentId ?? null };
}

/** @param idOrHost `dpl_…`, or the host of its URL. */
export function readDeployment(access: VercelAccess, idOrHost: string): Promise<VercelDeployment> {
  const path = `/v13/deployments/${encodeURIComponent(idOrHost)}`;
  return callVercel(access, { method: 'GET', path, schema: deploymentSchema });
}

/** Requests that production moves to a deployment. It happens later: see `readProduction`. */
export async function promote(access: VercelAccess, project: VercelProject, id: string): Promise<void> {
  const path = `/v10/projects/${project.id}/promote/${id}`;
  await callVercel(access, { method: 'POST', path, body: {}, schema: anything });
}

/** Requests that production moves back to an earlier deployment. It happens later, like a promotion. */
export async function rollBackTo(access: VercelAccess, project: VercelProject, id: string): Promise<void> {
  const path = `/v1/projects/${project.id}/rollback/${id}`;
  await callVercel(access, { method: 'POST', path, body: {}, schema: anything });
}

/** Removes a deployment, so that a pending promotion cannot move production to it. */
export async function removeDeployment(access: VercelAccess, id: string): Promise<void> {
  await findInVercel(access, { method: 'DELETE', path: `/v13/deployments/${id}`, schema: anything });
}

/** Uses https, except for local servers in tests. */
export function urlOf(host: string): string {
  const { hostname } = new URL(`http://${host}`);
  return `${hostname === '127.0.0.1' || hostname === 'localhost' ? 'http' : 'https'}://${host}`;
}

/** The team id of an owner, or null for a user. Requests for a user's own projects have no `teamId`. */
export const teamOf = (ownerId: string | null): string | null =>
  ownerId?.startsWith('team_') === true ? ownerId : null;
