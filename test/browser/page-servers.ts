import type { Listener } from '../../api/listen.ts';
import { startLocalServer } from '../../api/local-server.ts';
import { openServing, type Serving } from '../../pipeline/serving/open-serving.ts';
import type { ServingFiles } from '../../pipeline/serving/serving-files.ts';
import { longHistory } from '../support/long-history.ts';
import { NO_HISTORY } from '../support/pipeline-history.ts';
import { sampleServing } from '../support/sample-serving.ts';
import { NOW } from '../support/serving.ts';

/** Every view of the page that has something to show, and every empty one, by the server that has it. */
export const VIEWS = {
  year: [
    '/',
    '/drift',
    '/drift?check=360',
    '/drift?check=330&with=360',
    '/models',
    '/models?model=500',
    '/models?model=499&with=500',
    '/pipeline',
    '/try',
  ],
  first: ['/', '/drift', '/models', '/pipeline'],
  earlier: ['/', '/drift'],
  nothing: ['/'],
} as const;

export type ServerName = keyof typeof VIEWS;

const history = longHistory();

const servings: Readonly<Record<ServerName, () => ServingFiles | null>> = {
  /** A year of daily checks. */
  year: () => sampleServing({ version: 500, history }),
  /** One model, and nothing after it. */
  first: () =>
    sampleServing({
      version: 1,
      history: {
        ...history,
        ...NO_HISTORY,
        models: history.models.slice(0, 1),
        facts: { ...history.facts, issue: null },
      },
      status: {
        at: NOW.toISOString(),
        champion: { version: 1, promotedAt: NOW.toISOString() },
        lastIngest: null,
        lastCheck: null,
        openAlerts: 0,
        bufferRatings: 0,
        feedbackWaiting: 0,
        ingestHours: 216,
        driftHours: 50,
      },
    }),
  /** A bundle of an earlier release. */
  earlier: () => sampleServing({ version: 3 }),
  nothing: () => null,
};

/** Serves on a free port of this machine, without a database. */
export async function servePage(name: ServerName): Promise<Listener> {
  const files = servings[name]();
  return startLocalServer(
    {
      serving: files === null ? null : (openServing(files.files, name) as Serving),
      source: { kind: 'none' },
      clock: () => NOW,
      stopwatch: () => performance.now(),
      newRequestId: () => 'request-1',
      log: { request: () => {}, failure: () => {} },
    },
    { port: 0, hostname: '127.0.0.1' },
  );
}
