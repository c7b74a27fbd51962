import { readVersion, type SiteAccess, SiteProblem } from './smoke-test.ts';
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

/** Vercel moves its domains within seconds; after so many looks a second or more apart something is wrong. */
const LOOKS = 60;
const LOOK_PAUSE = 2_000;
/** How often production is asked after a rollback. */
const ANSWERS = 15;

export interface Promotion {
  readonly access: VercelAccess;
  readonly site: SiteAccess;
  readonly project: VercelProject;
  /** The deployment that was tested. */
  readonly staged: { readonly id: string };
  readonly version: number;
}

/** A promotion that did not hold, and how it was left. */
export class PromotionFailed extends Error {
  /** Whether traffic had reached the new deployment. */
  readonly hadServed: boolean;
  /** A sentence: who serves now. */
  readonly left: string;
  /** Whether what served before is known to serve. */
  readonly isSafe: boolean;

  constructor(
    message: string,
    { hadServed, left, isSafe }: Pick<PromotionFailed, 'hadServed' | 'left' | 'isSafe'>,
    options: { readonly cause: unknown },
  ) {
    super(message, options);
    this.name = 'PromotionFailed';
    this.hadServed = hadServed;
    this.left = left;
    this.isSafe = isSafe;
  }
}

/**
 * Points production to a deployment that was tested, and watches it for a minute. Whatever goes wrong on the way,
 * the deployment that served before is brought back, and is asked whether it answers.
 *
 * @returns where it serves.
 * @throws PromotionFailed; whatever the first look at production threw, when nothing was changed yet.
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
    throw await takeBack(promotion, then, hadServed, cause);
  }
}

async function waitUntilServes({ access, project }: Promotion, id: string): Promise<Production> {
  for (let look = 1; look <= LOOKS; look++) {
    const production = await readProduction(access, project);
    if (production?.deploymentId === id) return production;
    await access.time.sleep(LOOK_PAUSE);
  }
  throw new VercelError('Vercel took the request and did not move the production domain in time', null);
}

/** Brings back who served before, and says how that went. */
async function takeBack(
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
  const failed = (left: string, isSafe: boolean): PromotionFailed =>
    new PromotionFailed((cause as Error).message, { hadServed, left, isSafe }, { cause });
  try {
    if (now.isKnown && !isServing && now.id !== before) {
      return failed('Somebody else has promoted another deployment meanwhile; that one serves.', true);
    }
    if (before === null) {
      await removeDeployment(access, staged.id);
      return failed('Nothing was served there before, so it was removed again.', true);
    }
    if (now.id !== before) await restore(promotion, before);
    // A promotion that was only accepted must not come true later.
    if (!hadServed) await removeDeployment(access, staged.id);
    return failed(await howItServes(promotion, before, versionBefore), true);
  } catch (error) {
    const why = (error as Error).message;
    return failed(`That could not be undone, ${why}: look at who serves at Vercel.`, false);
  }
}

/** Rolls back; where Vercel refuses that, it promotes what served before: the outcome is the same. */
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

/** Asks production for a while, since it may go on answering from the deployment that was taken back. */
async function howItServes(
  { access, site, project, version }: Promotion,
  before: string,
  versionBefore: number | null,
): Promise<string> {
  const production = await readProduction(access, project);
  if (production?.deploymentId !== before) throw new SiteProblem('production moved again meanwhile');
  let found: number | null = null;
  for (let look = 1; look <= ANSWERS; look++) {
    found = await readVersion(site, production.url);
    const isBack = versionBefore === null ? found !== null && found !== version : found === versionBefore;
    if (isBack) return `Model v${found} serves as before.`;
    await access.time.sleep(LOOK_PAUSE);
  }
  const answers = found === null ? 'and does not answer as ready' : `and answers with model v${found}`;
  return `The deployment before it is back in place, ${answers}.`;
}
