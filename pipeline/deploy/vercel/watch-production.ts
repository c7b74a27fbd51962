import { withRetries } from '../../lib/retry.ts';
import { askReady, type SiteAccess, SiteProblem } from './smoke-test.ts';

/** How long a promoted deployment is watched, and how often it is asked, in milliseconds. */
const WATCH = 60_000;
const INTERVAL = 5_000;
/** How long the domain may go on answering from the deployment before, or a new one take to appear. */
const SETTLING = 20_000;
/** A single request may get lost; three in a row, a second apart, do not. */
const PAUSES = [1, 1];

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
  const retry = { pauses: PAUSES, sleep: time.sleep };
  const begin = time.now();
  const elapsed = (): number => time.now() - begin;
  let isSettled = false;
  for (;;) {
    const at = elapsed();
    try {
      await withRetries(
        retry,
        () => askReady(site, url, version),
        (error) => (isProblem(error) ? 0 : null),
      );
      isSettled = true;
    } catch (error) {
      const isOnItsWay =
        !isSettled && at < SETTLING && (isFirst || (isProblem(error) && error.isWrongAnswer));
      if (!isOnItsWay) {
        const when = `${Math.round(at / 1000)} s after promotion`;
        throw new SiteProblem(`${when} ${(error as Error).message}`, { cause: error });
      }
    }
    if (at >= WATCH) return;
    await time.sleep(Math.min(INTERVAL, Math.max(WATCH - elapsed(), 0)));
  }
}

const isProblem = (error: unknown): error is SiteProblem => error instanceof SiteProblem;
