import { median } from 'simple-statistics';
import { connectStore } from '../../../pipeline/store/connect.ts';
import { migrate } from '../../../pipeline/store/migrate.ts';
import { startPostgres } from '../../support/postgres.ts';
import { printGoal } from '../train/report.ts';
import { listsOf, RECOMMENDATIONS } from './asking.ts';
import type { Bench } from './bench.ts';
import { measure } from './load.ts';
import { ServerProcess } from './server-process.ts';

const ROUNDS = 5;
const SECONDS = 4;
const WARM_UP_SECONDS = 3;
/** Of users who come back within the window in which an answer counts, and of more than one server can have in it. */
const USERS = [200, 2_000];
/** Of the requests a second without a database, %. */
const GOAL = 80;

/** What it costs that a database is asked about each user, when every list is worked out. */
export async function benchDatabase({ print, bundle }: Bench): Promise<void> {
  const postgres = await startPostgres();
  if (postgres === null) {
    print('no PostgreSQL is installed, so lists with a database were not measured');
    return;
  }
  const store = await connectStore({ databaseUrl: postgres.url, directory: '' });
  await migrate(store);
  await store.close();
  const [without, withOne] = [
    await ServerProcess.start('app', bundle),
    await ServerProcess.start('app', bundle, postgres.url),
  ] as const;
  print(`GET ${RECOMMENDATIONS}?user=U, every list worked out (n = ${ROUNDS} rounds of ${SECONDS} s)`);
  for (const users of USERS) {
    const requests = listsOf(users);
    const ask = (server: ServerProcess, seconds: number) => measure(server, { requests, seconds });
    for (const server of [without, withOne]) await ask(server, WARM_UP_SECONDS);
    const rounds: (readonly [without: number, withOne: number])[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = await ask(without, SECONDS);
      rounds.push([before.requestsPerSecond, (await ask(withOne, SECONDS)).requestsPerSecond]);
    }
    const rate = (at: 0 | 1): string => median(rounds.map((round) => round[at])).toFixed(0);
    print(
      `  ${users} users in turn: without a database ${rate(0)} requests/s, with PostgreSQL on this machine ${rate(1)} requests/s`,
    );
    const share = 100 * median(rounds.map(([one, other]) => other / one));
    printGoal(print, { what: 'of the requests without a database', value: share, atLeast: GOAL, unit: '%' });
  }
  for (const server of [without, withOne]) server.stop();
  await postgres.stop();
}
