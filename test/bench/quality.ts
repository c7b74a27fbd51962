import { seededRandom } from '../../pipeline/lib/random.ts';
import type { QualityFinding, TrainingProfile } from '../../pipeline/quality/finding.ts';
import { concatRatings, type Ratings, selectRatings } from '../../pipeline/ratings/ratings.ts';
import { generateDataset, readDataset } from '../../pipeline/source/load-dataset.ts';
import { prepareDataset } from '../../pipeline/source/prepare.ts';
import { judgeRaw, PLANTED, type Planted, profileOf, rawOf } from '../quality/planted.ts';
import { AS_STARS } from '../support/reading.ts';

const INITIAL_SHARE = 0.6;
const SIZES = [60, 120, 300];
const DRAWS = 100;

/**
 * What is found in the weeks of a data set, untouched and after a change of the whole batch, and in batches of as many
 * users, drawn from those weeks with all of their ratings.
 */
export async function benchQuality(
  print: (line: string) => void,
  { data, weeks }: { readonly data?: string | undefined; readonly weeks: number },
): Promise<void> {
  const { ratings } =
    data === undefined
      ? generateDataset({ weeks, drift: 1, seed: 1 })
      : await readDataset(data, { now: new Date(), reading: AS_STARS, onProgress: () => {} });
  const { train, test, batches } = prepareDataset(ratings, { weeks, initialShare: INITIAL_SHARE });
  const profile = profileOf(concatRatings([train, test]));
  const newer = concatRatings(batches);
  const columns = [`${weeks} weeks`, ...SIZES.map((users) => `${DRAWS} batches of ${users} users`)];
  print(`| Change | ${columns.join(' | ')} |`);
  print(`| --- |${' --- |'.repeat(columns.length)}`);
  for (const planted of Object.keys(PLANTED) as Planted[]) {
    const cells = [
      tally(batches, planted, profile),
      ...SIZES.map((users) => tally(drawn(newer, users, DRAWS), planted, profile)),
    ];
    print(`| ${planted} | ${cells.join(' | ')} |`);
  }
}

/** In how many batches each kind is found: `rating-scale severe 8`. */
function tally(batches: Iterable<Ratings>, planted: Planted, profile: TrainingProfile): string {
  const counts = new Map<string, number>();
  for (const batch of batches) {
    for (const { kind, severity } of judgeRaw(rawOf(batch, PLANTED[planted]), profile)) {
      const name = `${kind} ${severity}` satisfies `${QualityFinding['kind']} ${QualityFinding['severity']}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'nothing';
}

/** Batches of users drawn with replacement. Each drawn user is a new one. */
function* drawn(ratings: Ratings, users: number, draws: number): Generator<Ratings> {
  const rowsOf = new Map<number, number[]>();
  ratings.userIds.forEach((user, row) => {
    const rows = rowsOf.get(user) ?? [];
    rows.push(row);
    rowsOf.set(user, rows);
  });
  const everyone = [...rowsOf.values()];
  const random = seededRandom(7);
  for (let draw = 0; draw < draws; draw++) {
    const chosen = Array.from(
      { length: users },
      () => everyone[Math.floor(random() * everyone.length)] ?? [],
    );
    const batch = selectRatings(ratings, chosen.flat());
    const userIds = Int32Array.from(chosen.flatMap((rows, index) => rows.map(() => 1_000_000 + index)));
    yield { ...batch, userIds };
  }
}
