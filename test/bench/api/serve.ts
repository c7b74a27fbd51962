import { join } from 'node:path';
import { median } from 'simple-statistics';
import { printGoal } from '../train/report.ts';
import { EVERY_USER, EVERY_USER_ANEW, oneAnswer, RECOMMENDATIONS, writeAnswer } from './asking.ts';
import type { Bench } from './bench.ts';
import { SHAPE } from './large-serving.ts';
import { CONNECTIONS, type Measured, measure } from './load.ts';
import { ServerProcess } from './server-process.ts';

const ROUNDS = 5;
const SECONDS = 4;
const WARM_UP_SECONDS = 3;
/** Of the requests a second that a bare route answers, %. */
const GOAL = 40;
/** Set by Node for each connection. */
const OF_THE_SERVER = new Set(['connection', 'content-length', 'date', 'keep-alive']);

/** How much of what a bare route could answer the API answers, when users ask for their recommendations. */
export async function benchServe({ print, bundle, folder }: Bench): Promise<void> {
  const app = await ServerProcess.start('app', bundle);
  const answer = await oneAnswer(app, (name) => name === 'content-type');
  const whole = await oneAnswer(app, (name) => !OF_THE_SERVER.has(name));
  const contestants = [
    {
      name: 'bare route, the same body',
      server: await ServerProcess.start('bare', writeAnswer(join(folder, 'body.json'), answer)),
    },
    {
      name: 'bare route, its headers too',
      server: await ServerProcess.start('bare', writeAnswer(join(folder, 'whole.json'), whole)),
    },
    { name: 'the API', server: app },
    { name: 'the API, every list worked out', server: app, requests: EVERY_USER_ANEW },
  ].map((contestant) => ({ requests: EVERY_USER, ...contestant, rounds: [] as Measured[] }));
  for (const { server, requests } of contestants) {
    await measure(server, { requests, seconds: WARM_UP_SECONDS });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { server, requests, rounds } of contestants) {
      // Those that were kept in the round before have made room for others.
      if (requests === EVERY_USER) await measure(server, { requests, seconds: 1 });
      rounds.push(await measure(server, { requests, seconds: SECONDS }));
    }
  }
  for (const server of new Set(contestants.map((contestant) => contestant.server))) server.stop();

  print(
    `GET ${RECOMMENDATIONS}?user=U of ${SHAPE.users} users, ${SHAPE.movies} movies, two heads of ${SHAPE.factorCount} factors; ${answer.body.length} bytes, ${Object.keys(whole.headers).length} headers, ${CONNECTIONS} connections (n = ${ROUNDS} rounds of ${SECONDS} s)`,
  );
  for (const { name, rounds } of contestants) {
    const rate = median(rounds.map(({ requestsPerSecond }) => requestsPerSecond));
    const worked = median(rounds.map((round) => round.worked));
    print(
      `  ${name.padEnd(34)}${rate.toFixed(0).padStart(8)} requests/s, ${worked.toFixed(1).padStart(6)} µs of work each`,
    );
  }
  const [body, headers, kept, anew] = contestants.map(({ rounds }) =>
    rounds.map(({ requestsPerSecond }) => requestsPerSecond),
  ) as [number[], number[], number[], number[]];
  const share = (ours: readonly number[], reference: readonly number[]): number =>
    100 * median(ours.map((rate, round) => rate / (reference[round] as number)));
  print(
    `  of the bare route with its headers: ${share(kept, headers).toFixed(1)} %, and ${share(anew, headers).toFixed(1)} % with every list worked out`,
  );
  print(`  of the bare route, every list worked out: ${share(anew, body).toFixed(1)} %`);
  printGoal(print, { what: 'of the bare route', value: share(kept, body), atLeast: GOAL, unit: '%' });
}
