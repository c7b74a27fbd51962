import { PassingFailure } from './patience.ts';
import { askReady, type SiteAccess, SiteProblem } from './smoke-test.ts';

/** How long a promoted deployment is watched, and how often it is asked, in milliseconds. */
const WATCH = 60_000;
const INTERVAL = 5_000;
/** How long the domain may go on answering from the deployment before, or a new one take to appear. */
const SETTLING = 20_000;
/** A single request may get lost; so many in a row do not. */
const TRIES = 3;
const RETRY = 1_000;

/**
 * Watches the production address for a minute after a promotion: it has to answer as ready, with the version that
 * was promoted, every time it is asked. The last time is at the end of the minute.
 *
 * @param isFirst nothing was served there before, so a domain may still be on its way.
 * @throws SiteProblem that says when and how it failed.
 */
export async function watchProduction(
  site: SiteAccess,
  url: string,
  version: number,
  isFirst: boolean,
): Promise<void> {
  const { time } = site;
  const begin = time.now();
  const elapsed = (): number => time.now() - begin;
  let isSettled = false;
  for (;;) {
    const at = elapsed();
    try {
      await askAFewTimes(site, url, version);
      isSettled = true;
    } catch (error) {
      const isOnItsWay = !isSettled && at < SETTLING && (isFirst || error instanceof SiteProblem);
      if (!isOnItsWay) {
        const when = `${Math.round(at / 1000)} s after promotion`;
        throw new SiteProblem(`${when} ${(error as Error).message}`, { cause: error });
      }
    }
    if (at >= WATCH) return;
    await time.sleep(Math.min(INTERVAL, Math.max(WATCH - elapsed(), 0)));
  }
}

async function askAFewTimes(site: SiteAccess, url: string, version: number): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await askReady(site, url, version);
    } catch (error) {
      if (tries === TRIES || !(error instanceof PassingFailure || error instanceof SiteProblem)) throw error;
      await site.time.sleep(RETRY);
    }
  }
}
