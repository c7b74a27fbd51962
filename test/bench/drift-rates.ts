import { checkDrift } from '../../pipeline/drift/check.ts';
import type { DriftReference } from '../../pipeline/drift/reference.ts';
import type { Sample } from '../../pipeline/drift/sample.ts';
import type { DriftCheck, Verdict } from '../../pipeline/drift/signal.ts';
import { isSevere, type QualityFinding, type TrainingProfile } from '../../pipeline/quality/finding.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import {
  type Change,
  PLANTED,
  type Population,
  type ResampledSite,
  ratingsOf,
  referenceOf,
  resampledSite,
  sampleFrom,
  sampleOfDrawn,
  shiftedBy,
} from '../drift/resampled-users.ts';
import { together } from '../drift/simulated-site.ts';
import { judgeUntimed, profileOf } from '../quality/planted.ts';

const USERS = [60, 120, 300] as const;
/** Users of the training data; as many sites, each with its own training data. */
const TRAINING_USERS = 1_500;
const SITES = 10;
const CHECKS_PER_SITE = 50;
/** Batches in the buffer of a check; the last is the newest window. */
const BATCHES = 3;
/** Above all users of the training data. */
const FIRST_NEW_USER = 10_000;
const POWER_CHECKS_PER_SITE = 5;
const WEEKS = 52;
const YEARS_PER_SITE = 1;
const VERDICTS: readonly Verdict[] = ['drift', 'watch', 'insufficient', 'ok'];
const SHIFTS = [0.05, 0.08, 0.1, 0.15, 0.2, 0.25] as const;
const DELAY_USERS = 120;

const { drift: settings } = parseConfig({}, 'the bench');
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

interface Site {
  readonly reference: DriftReference;
  readonly profile: TrainingProfile;
  readonly seed: number;
}

/**
 * Error, power and delay of drift checks when nothing changes but who rates: users are drawn with replacement from one
 * population, for the training data as for every batch.
 */
export function driftRates(print: (line: string) => void, population: Population): void {
  const sites = Array.from({ length: SITES }, (_, index): Site => {
    const seed = 1_000_000 * (index + 1);
    const training = ratingsOf(resampledSite(population, seed).draw(TRAINING_USERS));
    return { seed, reference: referenceOf(population, training), profile: profileOf(training) };
  });
  printErrors(print, population, sites);
  printYears(print, population, sites);
  printPower(print, population, sites);
  printDelay(print, population, sites);
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function header(cells: readonly string[]): string {
  return `${row(cells)}\n${row(cells.map((_, column) => (column === 0 ? '---' : '---:')))}`;
}

function nextSample(
  population: Population,
  site: ResampledSite,
  users: number,
  change: Change | null,
): Sample & { readonly ratings: Ratings } {
  const drawn = site.draw(users);
  return change === null
    ? sampleOfDrawn(population, drawn)
    : sampleFrom(population, change(ratingsOf(drawn), site.random, population));
}

/** A check, and the severe findings about the quality of its newest batch. */
interface Checked extends DriftCheck {
  readonly wrong: readonly QualityFinding[];
}

/** One check with a change in its newest batch. */
function checkOnce(
  population: Population,
  { reference, profile, seed }: Site,
  check: number,
  users: number,
  change: Change | null,
): Checked {
  const site = resampledSite(population, seed + 1_000 * users + check, FIRST_NEW_USER);
  const before = Array.from({ length: BATCHES - 1 }, () => nextSample(population, site, users, null));
  const newest = nextSample(population, site, users, change);
  const buffer = { ...together([...before, newest]), batches: BATCHES };
  return {
    ...checkDrift({ reference, newest, buffer, genresOf: population.genresOf }, settings),
    wrong: judgeUntimed(newest.ratings, profile).filter(isSevere),
  };
}

function checksOf(
  population: Population,
  sites: readonly Site[],
  perSite: number,
  users: number,
  change: Change | null,
): readonly Checked[] {
  return sites.flatMap((site) =>
    Array.from({ length: perSite }, (_, check) => checkOnce(population, site, check, users, change)),
  );
}

const share = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  items.filter(holds).length / items.length;

const shareOf = (checks: readonly DriftCheck[], verdict: Verdict): number =>
  share(checks, (check) => check.verdict === verdict);

function printErrors(print: (line: string) => void, population: Population, sites: readonly Site[]): void {
  print(`\nNo change, ${SITES * CHECKS_PER_SITE} checks a line (goal: drift at most 1%, watch at most 5%)\n`);
  print(header(['Users in a batch', ...VERDICTS, 'signals insufficient', 'recognised by name']));
  for (const users of USERS) {
    const checks = checksOf(population, sites, CHECKS_PER_SITE, users, null);
    const signals = checks.flatMap((check) => check.signals);
    const blind = signals.filter(({ verdict }) => verdict === 'insufficient').length / signals.length;
    const named = share(checks, ({ findings, wrong }) => findings.length + wrong.length > 0);
    print(
      row([
        users,
        ...VERDICTS.map((verdict) => percent(shareOf(checks, verdict))),
        percent(blind),
        percent(named),
      ]),
    );
  }
}

/** The verdicts of a year of weekly checks under one champion, whose batches all have the change. */
function yearOf(
  population: Population,
  { reference, seed }: Site,
  year: number,
  users: number,
  change: Change | null,
  stopAt: Verdict | null,
): readonly DriftCheck[] {
  const site = resampledSite(population, seed + 500_000 + 1_000 * users + year, FIRST_NEW_USER);
  const checks: DriftCheck[] = [];
  let buffer: Sample | null = null;
  for (let week = 0; week < WEEKS; week++) {
    // Patterns are looked for in the ratings. They are counted above: here, what signals find.
    const newest = { ...nextSample(population, site, users, change), ratings: null };
    const all: Sample = buffer === null ? newest : together([buffer, newest]);
    checks.push(
      checkDrift(
        {
          reference,
          newest,
          buffer: buffer === null ? null : { ...all, batches: week + 1 },
          genresOf: population.genresOf,
        },
        settings,
      ),
    );
    if (checks.at(-1)?.verdict === stopAt) break;
    buffer = all;
  }
  return checks;
}

function printYears(print: (line: string) => void, population: Population, sites: readonly Site[]): void {
  const years = SITES * YEARS_PER_SITE;
  print(
    `\nNo change, ${years} years of ${WEEKS} weekly checks under one champion (goal: at most one a year)\n`,
  );
  print(
    header(['Users in a batch', 'checks with drift, in a year', 'years with drift', 'checks with watch']),
  );
  for (const users of USERS) {
    const checks = sites.map((site) =>
      Array.from({ length: YEARS_PER_SITE }, (_, year) => yearOf(population, site, year, users, null, null)),
    );
    const all = checks.flat();
    const alarms = all.map((year) => year.filter(({ verdict }) => verdict === 'drift').length);
    print(
      row([
        users,
        (alarms.reduce((sum, count) => sum + count, 0) / years).toFixed(2),
        percent(alarms.filter((count) => count > 0).length / years),
        percent(shareOf(all.flat(), 'watch')),
      ]),
    );
  }
}

function printPower(print: (line: string) => void, population: Population, sites: readonly Site[]): void {
  const count = SITES * POWER_CHECKS_PER_SITE;
  print(
    `\nPlanted in the newest batch: share of ${count} checks that find it, and that name it (goal: +0.25★ at 120 users 95%)\n`,
  );
  print(header(['Change', ...USERS.map((users) => `${users} users`)]));
  for (const [name, { change, named }] of Object.entries(PLANTED)) {
    const cells = USERS.map((users) => {
      const checks = checksOf(population, sites, POWER_CHECKS_PER_SITE, users, change);
      const found = share(checks, ({ verdict, wrong }) => verdict === 'drift' || wrong.length > 0);
      const isNamed = ({ findings, wrong }: Checked): boolean =>
        [...findings, ...wrong].some(({ kind }) => kind === named);
      return named === null ? percent(found) : `${percent(found)}, named ${percent(share(checks, isNamed))}`;
    });
    print(row([name, ...cells]));
  }
}

function printDelay(print: (line: string) => void, population: Population, sites: readonly Site[]): void {
  print(
    `\nA persistent shift, ${DELAY_USERS} users a batch: batches until drift is found, of ${SITES * YEARS_PER_SITE} years\n`,
  );
  print(header(['Shift', 'median', '90%', `found in ${WEEKS}`]));
  for (const shift of SHIFTS) {
    const delays = sites
      .flatMap((site) =>
        Array.from({ length: YEARS_PER_SITE }, (_, year) => {
          const checks = yearOf(population, site, year, DELAY_USERS, shiftedBy(shift), 'drift');
          return checks.at(-1)?.verdict === 'drift' ? checks.length : Number.POSITIVE_INFINITY;
        }),
      )
      .sort((a, b) => a - b);
    const at = (share: number): string => {
      const delay = delays[Math.ceil(share * delays.length) - 1] as number;
      return Number.isFinite(delay) ? String(delay) : `over ${WEEKS}`;
    };
    const found = delays.filter((delay) => Number.isFinite(delay)).length / delays.length;
    print(row([`+${shift.toFixed(2)}★`, at(0.5), at(0.9), percent(found)]));
  }
}
