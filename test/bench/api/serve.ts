import { join } from 'node:path';
import { median } from 'simple-statistics';
import { printGoal } from '../train/report.ts';
import { EVERY_USER, oneAnswer, RECOMMENDATIONS, writeAnswer } from './asking.ts';
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
  ].map((contestant) => ({ ...contestant, rounds: [] as Measured[] }));
  for (const { server } of contestants) {
    await measure(server, { requests: EVERY_USER, seconds: WARM_UP_SECONDS });
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const { server, rounds } of contestants) {
      rounds.push(await measure(server, { requests: EVERY_USER, seconds: SECONDS }));
    }
  }
  for (const { server } of contestants) server.stop();

  print(
    `GET ${RECOMMENDATIONS}?user=U of ${SHAPE.users} users, ${SHAPE.movies} movies, two heads of ${SHAPE.lanes} lanes; ${answer.body.length} bytes, ${Object.keys(whole.headers).length} headers, ${CONNECTIONS} connections (n = ${ROUNDS} rounds of ${SECONDS} s)`,
  );
  for (const { name, rounds } of contestants) {
    const rate = median(rounds.map(({ requestsPerSecond }) => requestsPerSecond));
    const worked = median(rounds.map((round) => round.worked));
    print(
      `  ${name.padEnd(34)}${rate.toFixed(0).padStart(8)} requests/s, ${worked.toFixed(1).padStart(6)} µs of work each`,
    );
  }
  const [body, headers, ours] = contestants.map(({ rounds }) => rounds) as [
    Measured[],
    Measured[],
    Measured[],
  ];
  const share = (reference: readonly Measured[]): number =>
    100 *
    median(
      ours.map(
        ({ requestsPerSecond }, round) =>
          requestsPerSecond / (reference[round] as Measured).requestsPerSecond,
      ),
    );
  print(`  of the bare route with its headers: ${share(headers).toFixed(1)} %`);
  printGoal(print, { what: 'of the bare route', value: share(body), atLeast: GOAL, unit: '%' });
}
