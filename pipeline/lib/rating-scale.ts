/**
 * How a source writes ratings, as a person stated it: numbers from one end to another, or words (also numbers that are
 * used as words, such as 1 and 0) with the stars that each means.
 */
export type RatingScale =
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | { readonly kind: 'words'; readonly stars: Readonly<Record<string, number>> };

const MOST_STARS = 5;
const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
const RANGE = new RegExp(String.raw`^(${NUMBER})\s*(?:-|–|\.\.)\s*(${NUMBER})$`);
const WORD = new RegExp(`^([^=,]+)=(${NUMBER})$`);

/** The accepted spellings, for messages. */
export const SCALE_SPELLINGS =
  'two ends such as 1-10, or at least two words with their stars such as like=4.5,dislike=1.5';

/** Reads `1-10` or `like=4.5,dislike=1.5`; null for anything else, and for stars that are no half stars from 0.5 to 5. */
export function parseScale(text: string): RatingScale | null {
  const range = RANGE.exec(text.trim());
  if (range !== null) {
    const [low, high] = [Number(range[1]), Number(range[2])];
    return low < high && high > 0 ? { kind: 'range', low, high } : null;
  }
  const words = text.split(',').map((part) => WORD.exec(part.trim()));
  const stars: Record<string, number> = {};
  for (const word of words) {
    const value = Number(word?.[2]);
    if (word === null || !Number.isInteger(2 * value) || value < 0.5 || value > MOST_STARS) return null;
    stars[wordOf(word[1] as string)] = value;
  }
  return words.length >= 2 && Object.keys(stars).length === words.length ? { kind: 'words', stars } : null;
}

/** How a word of a scale is compared: without case and spaces around it, numbers by their values. */
const wordOf = (text: string): string => {
  const word = text.trim().toLowerCase();
  return word !== '' && Number.isFinite(Number(word)) ? String(Number(word)) : word;
};

/** The stars of a rating as text on a scale of words; NaN for any other word. */
export const starsOfWord = (stars: Readonly<Record<string, number>>, text: string): number =>
  Object.hasOwn(stars, wordOf(text)) ? (stars[wordOf(text)] as number) : Number.NaN;

/**
 * The stars of a number on a range: its share of the top, times 5, rounded to the nearest half and at least a half. So the
 * top is 5 stars. A range that begins below 0 is counted from its lower end.
 *
 * @returns NaN for a number outside of the range.
 */
export function starsOnRange(
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  if (!(value >= low && value <= high)) return Number.NaN;
  const origin = Math.min(low, 0);
  return Math.max(1, Math.round((2 * MOST_STARS * (value - origin)) / (high - origin))) / 2;
}

/** What a scale does, as a sentence part: `1 to 10: a rating of 1 more is 0.5★ more`. */
export function scaleText(scale: RatingScale): string {
  if (scale.kind === 'words') {
    return Object.entries(scale.stars)
      .map(([word, stars]) => `${word} is ${stars}★`)
      .join(', ');
  }
  const { low, high } = scale;
  const origin = Math.min(low, 0);
  const step = Number(((high - origin) / (2 * MOST_STARS)).toPrecision(4));
  return `${low} to ${high}: ${step} more is half a star more, rounded to half stars; ${low} is ${starsOnRange(low, scale)}★ and ${high} is ${MOST_STARS}★`;
}
