import { binomialTail } from '../../math/binomial.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import type { RatingSummary } from '../../ratings/summary.ts';
import { type BotKind, botKinds } from './bot-kinds.ts';
import type { FoundPattern } from './finding.ts';
import { comparableSteps, ordinaryUsers } from './ordinary-users.ts';
import { type Profile, profilesOf, sum } from './profiles.ts';
import { tasteOf } from './taste.ts';
import { wavePattern } from './wave-pattern.ts';

/** Users with fewer ratings show no pattern. */
const MIN_RATINGS = 5;
/** Fewer bots are no wave. */
export const MIN_BOTS = 3;
/** The batch is so many times as likely with bots as without: the probability that an ordinary one is, is at most 1%. */
const EVIDENCE_BAR = 100;
/** The probability that as many users of an ordinary batch rate so, if they do as often as in the training data. */
const CHANCE = 0.01;
/** Shares of bots among the users, all as likely. */
const SHARES = [0.02, 0.05, 0.1, 0.2];

/**
 * Three or more users who rate as bots do: always the same value, or at random.
 *
 * Each user has a likelihood ratio for each kind of bot: the probability of its ratings if it were such a bot, over that if
 * it were an ordinary user. An ordinary user rates like one of the users of the training data, and gives the better movies
 * the higher ratings. No ratio is above the number of these users plus one, because among n users nobody shows how rare
 * one in 2n is. The evidence of the batch is the product over users of 1 − ρ + ρ·ratio, averaged over shares ρ of bots
 * and over kinds. For a batch of ordinary users its expectation is at most 1, so it reaches 100 in at most one of 100. In
 * addition, the bots must be more than the share of such users in the training data explains (binomial test): where many
 * users give a few ratings of 5★, the other users describe them badly.
 *
 * Formula: the likelihood ratio of a mixture, as an e-value: V. Vovk and R. Wang (2021), E-values: calibration, combination
 * and applications, Annals of Statistics 49, 1736–1754; ordinary users as a mixture over the known ones: H. Robbins
 * (1956), An empirical Bayes approach to statistics, Proceedings of the Third Berkeley Symposium 1, 157–163.
 */
export function ratingBots(
  window: RatingSummary,
  reference: RatingSummary,
  knownMovies: readonly Profile[],
  ratings: Ratings,
): FoundPattern | null {
  const profiles = profilesOf(window.userIds, window.userLevels);
  const rows = [...profiles.keys()].filter((row) => (profiles[row] as Profile).count >= MIN_RATINGS);
  if (rows.length < MIN_BOTS || reference.count === 0) return null;
  const steps = comparableSteps(window, reference);
  const ordinary = ordinaryUsers(reference, steps);
  const countsOfRows = rows.map((row) => steps.of(window, row));
  const taste = tasteOf(window, reference, knownMovies, ratings);
  const logRatio = ({ steps: asBot, fits }: BotKind, counts: readonly number[]): number =>
    fits(counts)
      ? sum(
          asBot.map((share, step) => (counts[step] as number) * Math.log(share)),
          (one) => one,
        ) - ordinary.logLikelihood(counts)
      : Number.NEGATIVE_INFINITY;
  const found = botKinds(steps.count).map((kind) => {
    const logRatios = rows.map((row, place) =>
      Math.min(
        logRatio(kind, countsOfRows[place] as readonly number[]) - (taste[row] as number),
        Math.log(ordinary.rows.length + 1),
      ),
    );
    return { kind, logRatios, ...evidenceOf(logRatios) };
  });
  const [best] = found.toSorted((a, b) => b.kind.weight * b.evidence - a.kind.weight * a.evidence);
  const evidence = sum(found, (one) => one.kind.weight * one.evidence);
  if (best === undefined || evidence < EVIDENCE_BAR) return null;
  const isBot = (ratio: number): boolean => best.share * Math.exp(ratio) >= 1 - best.share;
  const bots = rows.filter((_, place) => isBot(best.logRatios[place] as number));
  const alike = ordinary.rows.filter((row) => {
    const counts = steps.of(reference, row);
    return sum(counts, (one) => one) >= MIN_RATINGS && isBot(logRatio(best.kind, counts));
  });
  const share = (alike.length + 1) / (ordinary.rows.length + 1);
  if (bots.length < MIN_BOTS || binomialTail(bots.length, rows.length, share) > CHANCE) return null;
  return wavePattern(
    bots.map((row) => profiles[row] as Profile),
    ratings.length,
    `${bots.length} of ${rows.length} users ${best.kind.text}. To be expected are ${(share * rows.length).toFixed(1)}. With such users the batch is ${evidence.toPrecision(2)} times as likely as without.`,
  );
}

/** The evidence for bots of one kind, and the share of bots for which it is largest. */
function evidenceOf(logRatios: readonly number[]): { readonly evidence: number; readonly share: number } {
  const products = SHARES.map((share) =>
    Math.exp(
      sum(logRatios, (ratio) =>
        ratio === Number.NEGATIVE_INFINITY ? Math.log1p(-share) : Math.log1p(share * Math.expm1(ratio)),
      ),
    ),
  );
  const largest = Math.max(...products);
  return {
    evidence: Math.min(
      Number.MAX_VALUE,
      sum(products, (one) => one / SHARES.length),
    ),
    share: SHARES[products.indexOf(largest)] as number,
  };
}
