import { z } from 'zod';
import { askVercel, findAtVercel, type VercelAccess, VercelError } from './vercel-request.ts';

/** A project at Vercel: what production domains and deployments belong to. */
export interface VercelProject {
  readonly id: string;
  readonly name: string;
  /** The team or the user it belongs to. */
  readonly accountId: string;
}

/** Who answers on the production domain. */
export interface Production {
  readonly url: string;
  /** Null while the domain points nowhere. */
  readonly deploymentId: string | null;
}

export interface VercelDeployment {
  readonly id: string;
  /** What was written beside it when it was made. */
  readonly meta: Readonly<Record<string, unknown>>;
}

const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  accountId: z.string(),
  protectionBypass: z.record(z.string(), z.object({ scope: z.string().optional() })).nullish(),
});
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
  meta: z.record(z.string(), z.unknown()).optional(),
});
const anything = z.unknown();

/** Finds the project by its name or id, and makes it when there is none. */
export async function openProject(access: VercelAccess, nameOrId: string): Promise<VercelProject> {
  const path = `/v9/projects/${encodeURIComponent(nameOrId)}`;
  const find = () => findAtVercel(access, { method: 'GET', path, answer: projectSchema });
  const found = await find();
  if (found !== null) return found;
  // Nobody gives a project an id that is not there.
  if (nameOrId.startsWith('prj_')) throw new VercelError(`Vercel knows no project ${nameOrId}`, 404);
  try {
    const body = { name: nameOrId, framework: null };
    return await askVercel(access, { method: 'POST', path: '/v11/projects', body, answer: projectSchema });
  } catch (error) {
    // Made by a request whose answer was lost.
    const made = error instanceof VercelError && error.status === 409 ? await find() : null;
    if (made !== null) return made;
    throw error;
  }
}

/**
 * The secret that lets automation through a project's deployment protection, made when there is none. Staged
 * deployments are protected unless a project's owner has switched that off.
 */
export async function openBypass(access: VercelAccess, { id }: VercelProject): Promise<string | null> {
  const secretIn = ({ protectionBypass }: Pick<z.infer<typeof projectSchema>, 'protectionBypass'>) =>
    Object.entries(protectionBypass ?? {}).find(([, { scope }]) => scope === 'automation-bypass')?.[0] ??
    null;
  const path = `/v9/projects/${id}`;
  const existing = secretIn(await askVercel(access, { method: 'GET', path, answer: projectSchema }));
  const secret =
    existing ??
    secretIn(
      await askVercel(access, {
        method: 'PATCH',
        path: `/v1/projects/${id}/protection-bypass`,
        body: { generate: { note: 'CineMatch deployments' } },
        answer: projectSchema.pick({ protectionBypass: true }),
      }),
    );
  if (secret !== null) access.masked.add(secret);
  return secret;
}

/**
 * Reads who serves: the deployment that the project's production domain points to.
 *
 * @returns null while the project has no domain.
 */
export async function readProduction(
  access: VercelAccess,
  { id }: VercelProject,
): Promise<Production | null> {
  const { domains } = await askVercel(access, {
    method: 'GET',
    path: `/v9/projects/${id}/domains`,
    query: { production: 'true', redirects: 'false' },
    answer: domainsSchema,
  });
  const own = domains.filter(
    ({ redirect, gitBranch, verified }) => !redirect && !gitBranch && verified !== false,
  );
  // All of them point to the same; Vercel's own needs no name server of somebody else.
  const domain = own.find(({ name }) => name.endsWith('.vercel.app')) ?? own[0];
  if (domain === undefined) return null;
  const alias = await findAtVercel(access, {
    method: 'GET',
    path: `/v4/aliases/${encodeURIComponent(domain.name)}`,
    query: { projectId: id },
    answer: z.object({ deploymentId: z.string().nullish() }),
  });
  return { url: urlOf(domain.name), deploymentId: alias?.deploymentId ?? null };
}

/** @param idOrHost `dpl_…`, or the host of its own address. */
export async function readDeployment(access: VercelAccess, idOrHost: string): Promise<VercelDeployment> {
  const path = `/v13/deployments/${encodeURIComponent(idOrHost)}`;
  const { id, meta = {} } = await askVercel(access, { method: 'GET', path, answer: deploymentSchema });
  return { id, meta };
}

/** Asks to point production to a deployment. It is done later: see `readProduction`. */
export async function promote(access: VercelAccess, project: VercelProject, id: string): Promise<void> {
  const path = `/v10/projects/${project.id}/promote/${id}`;
  await askVercel(access, { method: 'POST', path, body: {}, answer: anything });
}

/** Asks to point production back to a deployment that served before. It is done later, as a promotion is. */
export async function rollBackTo(access: VercelAccess, project: VercelProject, id: string): Promise<void> {
  const path = `/v1/projects/${project.id}/rollback/${id}`;
  await askVercel(access, { method: 'POST', path, body: {}, answer: anything });
}

/** Removes a deployment, so that no promotion that is under way can still bring it to production. */
export async function removeDeployment(access: VercelAccess, id: string): Promise<void> {
  await findAtVercel(access, { method: 'DELETE', path: `/v13/deployments/${id}`, answer: anything });
}

/** Over https, except to this machine itself, where tests have their servers. */
export function urlOf(host: string): string {
  const { hostname } = new URL(`http://${host}`);
  return `${hostname === '127.0.0.1' || hostname === 'localhost' ? 'http' : 'https'}://${host}`;
}

/** The team among owners of projects: a user's own id is not asked for in requests. */
export const teamOf = (ownerId: string | null): string | null =>
  ownerId?.startsWith('team_') === true ? ownerId : null;
