import { EVERY_USER_ANEW, RECOMMENDATIONS } from './asking.ts';
import type { Bench } from './bench.ts';
import { CONNECTIONS, measure } from './load.ts';
import { ServerProcess } from './server-process.ts';

const WARM_UP_SECONDS = 3;
const CAPACITY_SECONDS = 5;
const SECONDS = 30;
const SHARE = 0.6;

/** How long an answer takes while the API has as much to do as leaves it some rest. */
export async function benchLatency({ print, bundle }: Bench): Promise<void> {
  const app = await ServerProcess.start('app', bundle);
  const ask = (seconds: number, requestsPerSecond?: number) =>
    measure(app, {
      requests: EVERY_USER_ANEW,
      seconds,
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
    });
  await ask(WARM_UP_SECONDS);
  const capacity = await ask(CAPACITY_SECONDS);
  const calm = await ask(SECONDS, SHARE * capacity.requestsPerSecond);
  app.stop();
  const told = (p50: number, p99: number): string => `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
  print(`GET ${RECOMMENDATIONS}?user=U over ${CONNECTIONS} connections, every list worked out`);
  print(
    `  at capacity, ${capacity.requestsPerSecond.toFixed(0)} requests/s for ${CAPACITY_SECONDS} s: ${told(capacity.p50, capacity.p99)}`,
  );
  print(
    `  at ${100 * SHARE} % of it, ${calm.requestsPerSecond.toFixed(0)} requests/s for ${SECONDS} s: ${told(calm.p50, calm.p99)}`,
  );
  print('  Those of a second are sent as fast as they are answered, then comes a rest.');
}
