import { readVersion, type SiteAccess, SiteError } from './smoke-test.ts';
import {
  type Production,
  promote,
  readProduction,
  removeDeployment,
  rollBackTo,
  type VercelProject,
} from './vercel-api.ts';
import type { VercelAccess } from './vercel-request.ts';
import { VercelError } from './vercel-request.ts';
import { watchProduction } from './watch-production.ts';

/** Vercel moves its domains within seconds. After this number of polls, the promotion has failed. */
const MAX_POLLS = 60;
const POLL_PAUSE_MS = 2_000;
/** Number of requests to production after a rollback. */
const MAX_REQUESTS = 15;

export interface Promotion {
  readonly access: VercelAccess;
  readonly site: SiteAccess;
  readonly project: VercelProject;
  /** The deployment that was tested. */
  readonly staged: { readonly id: string };
  readonly version: number;
}

/** A failed promotion, and the state of production after it. */
export class PromotionFailed extends Error {
  /** Whether the new deployment was in production. */
  readonly hadServed: boolean;
  /** A sentence about the deployment that serves now. */
  readonly outcome: string;
  /** Whether it is known that the previous deployment or another one serves. */
  readonly isSafe: boolean;

  constructor(
    message: string,
    { hadServed, outcome, isSafe }: Pick<PromotionFailed, 'hadServed' | 'outcome' | 'isSafe'>,
    options: { readonly cause: unknown },
  ) {
    super(message, options);
    this.name = 'PromotionFailed';
    this.hadServed = hadServed;
    this.outcome = outcome;
    this.isSafe = isSafe;
  }
}

/**
 * Promotes a tested deployment to production and watches it for a minute. After any failure, the previous deployment is
 * restored and checked.
 *
 * @returns the production URL.
 * @throws PromotionFailed; before the promotion, errors of reading production.
 */
export async function promoteAndWatch(promotion: Promotion): Promise<string> {
  const { access, site, project, staged, version } = promotion;
  const before = await readProduction(access, project);
  const isFirst = before === null || before.deploymentId === null;
  const versionBefore = isFirst ? null : await readVersion(site, before.url);
  let hadServed = false;
  try {
    await promote(access, project, staged.id);
    const { url } = await waitUntilServes(promotion, staged.id);
    hadServed = true;
    await watchProduction(site, url, version, isFirst);
    return url;
  } catch (cause) {
    const then = { id: isFirst ? null : before.deploymentId, version: versionBefore };
    throw await revert(promotion, then, hadServed, cause);
  }
}

async function waitUntilServes({ access, project }: Promotion, id: string): Promise<Production> {
  for (let poll = 1; poll <= MAX_POLLS; poll++) {
    const production = await readProduction(access, project);
    if (production?.deploymentId === id) return production;
    await access.time.sleep(POLL_PAUSE_MS);
  }
  throw new VercelError('Vercel accepted the request but did not move the production domain in time', null);
}

/** Restores the previous deployment. @returns the error with the outcome. */
async function revert(
  promotion: Promotion,
  { id: before, version: versionBefore }: { readonly id: string | null; readonly version: number | null },
  wasSeen: boolean,
  cause: unknown,
): Promise<PromotionFailed> {
  const { access, project, staged } = promotion;
  const now = await readProduction(access, project).then(
    (production) => ({ isKnown: true, id: production?.deploymentId ?? null }),
    () => ({ isKnown: false, id: null }),
  );
  const isServing = now.id === staged.id;
  const hadServed = wasSeen || isServing;
  const failed = (outcome: string, isSafe: boolean): PromotionFailed =>
    new PromotionFailed((cause as Error).message, { hadServed, outcome, isSafe }, { cause });
  try {
    if (now.isKnown && !isServing && now.id !== before) {
      return failed('Another deployment was promoted at the same time; that one serves.', true);
    }
    if (before === null) {
      await removeDeployment(access, staged.id);
      return failed('There was no previous deployment, so the new one was removed.', true);
    }
    if (now.id !== before) await restore(promotion, before);
    // A promotion that was accepted but not done must not happen later.
    if (!hadServed) await removeDeployment(access, staged.id);
    return failed(await describeProduction(promotion, before, versionBefore), true);
  } catch (error) {
    const why = (error as Error).message;
    return failed(`The rollback failed, ${why}: check at Vercel which deployment serves.`, false);
  }
}

/** Rolls back. If Vercel refuses, promotes the previous deployment, with the same result. */
async function restore(promotion: Promotion, before: string): Promise<void> {
  const { access, project } = promotion;
  try {
    await rollBackTo(access, project, before);
    await waitUntilServes(promotion, before);
  } catch {
    await promote(access, project, before);
    await waitUntilServes(promotion, before);
  }
}

/** Checks production repeatedly, because the removed deployment may still respond for some time. */
async function describeProduction(
  { access, site, project, version }: Promotion,
  before: string,
  versionBefore: number | null,
): Promise<string> {
  const production = await readProduction(access, project);
  if (production?.deploymentId !== before) throw new SiteError('production was changed again');
  let found: number | null = null;
  for (let attempt = 1; attempt <= MAX_REQUESTS; attempt++) {
    found = await readVersion(site, production.url);
    const isBack = versionBefore === null ? found !== null && found !== version : found === versionBefore;
    if (isBack) return `Model v${found} serves again.`;
    await access.time.sleep(POLL_PAUSE_MS);
  }
  const state = found === null ? 'is not ready' : `responds with model v${found}`;
  return `The previous deployment was restored, but it ${state}.`;
}
