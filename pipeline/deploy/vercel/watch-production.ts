import { withRetries } from '../../lib/retry.ts';
import { checkReady, type SiteAccess, SiteError } from './smoke-test.ts';

/** How long a promoted deployment is watched, and the pause between checks, milliseconds. */
const WATCH = 60_000;
const INTERVAL = 5_000;
/** How long the domain may still serve the previous deployment, or a new domain may be missing, milliseconds. */
const SETTLING = 20_000;
/** A single request may get lost, so each check has three attempts. */
const PAUSES = [1, 1];

/**
 * Watches production for a minute after a promotion. Every check must find it ready with the promoted version. The last
 * check is at the end of the minute.
 *
 * @param isFirst whether it is the first deployment, so that the domain may still be missing.
 * @throws SiteError with the time and the problem.
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
        () => checkReady(site, url, version),
        (error) => (isProblem(error) ? 0 : null),
      );
      isSettled = true;
    } catch (error) {
      const isSettling =
        !isSettled && at < SETTLING && (isFirst || (isProblem(error) && error.isWrongResponse));
      if (!isSettling) {
        const when = `${Math.round(at / 1000)} s after promotion`;
        throw new SiteError(`${when} ${(error as Error).message}`, { cause: error });
      }
    }
    if (at >= WATCH) return;
    await time.sleep(Math.min(INTERVAL, Math.max(WATCH - elapsed(), 0)));
  }
}

const isProblem = (error: unknown): error is SiteError => error instanceof SiteError;
