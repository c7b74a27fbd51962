import { namesOf, STOP_WORDS } from './title-words.ts';

/** Pairs of movies whose titles look like parts of one series, by row of the titles (CSR). */
export interface TitleSeries {
  /** titles + 1 offsets. */
  readonly pointers: Int32Array;
  /** Rows of the other parts, ascending for each title. */
  readonly others: Int32Array;
  /** How much the two titles say so, above 0 and at most 1. */
  readonly strengths: Float32Array;
}

/** What two titles share, and how much it says. The values were chosen on MovieLens latest-small. */
const STRENGTH = {
  /** The same title without numbers and subtitles: `Toy Story` and `Toy Story 2`. */
  stem: 1,
  /** One title has the stem of the other, of two words or more: `Live Free or Die Hard`. */
  contained: 0.9,
  /** The same first two words: `Harry Potter and …`. */
  twoWords: 0.8,
  /** One title begins with the stem of the other, a single word: `Batman Begins`. */
  oneWordStem: 0.7,
  /** The same first word, which few titles begin with: `Bourne Identity`, `Bourne Supremacy`. */
  firstWord: 0.6,
} as const;

/** More titles than this share words, not a series. */
const MOST = { stem: 40, contained: 40, twoWords: 16, oneWordStem: 20, firstWord: 6 } as const;

const LONGEST_STEM = 6;
const MARKERS = new Set(['part', 'episode', 'chapter', 'vol', 'volume', 'book']);
const NUMBER = /^(\d{1,3}(st|nd|rd|th)?|i{1,3}|iv|vi{0,3}|ix|xi{0,3}|x)$/;

/**
 * Finds series by the titles alone: numbers (`III`, `Part II`, `Episode V`), subtitles behind a colon, and shared
 * stems, also of the names in brackets. Two titles may look alike by chance, so it is evidence beside others.
 *
 * @param titles without their years, as MovieLens writes them: `Matrix, The`.
 */
export function titleSeries(titles: readonly string[]): TitleSeries {
  const pairs = new Pairs();
  const names = titles.map(namesInTitle);
  const stems = new Groups();
  for (const [row, ofTitle] of names.entries())
    for (const { stem } of ofTitle) stems.add(stem.join(' '), row);
  pairs.join(stems, STRENGTH.stem, MOST.stem);

  const [containing, twoWords, oneWordStem, firstWord] = [
    new Groups(),
    new Groups(),
    new Groups(),
    new Groups(),
  ];
  for (const [row, ofTitle] of names.entries()) {
    for (const { words } of ofTitle) {
      const content = words.filter((word) => !STOP_WORDS.has(word));
      if (content.length >= 2) twoWords.add(content.slice(0, 2).join(' '), row);
      if ((content[0]?.length ?? 0) >= 4) firstWord.add(content[0] as string, row);
      for (const run of runsOf(words)) if (stems.has(run)) containing.add(run, row);
      if (stems.has(words[0] ?? '')) oneWordStem.add(words[0] as string, row);
    }
  }
  pairs.join(containing, STRENGTH.contained, MOST.contained);
  pairs.join(twoWords, STRENGTH.twoWords, MOST.twoWords);
  pairs.join(oneWordStem, STRENGTH.oneWordStem, MOST.oneWordStem);
  pairs.join(firstWord, STRENGTH.firstWord, MOST.firstWord);
  return pairs.finish(titles.length);
}

interface NameInTitle {
  readonly words: readonly string[];
  /** The words before the first number, `Part` or colon. */
  readonly stem: readonly string[];
}

function namesInTitle(title: string): readonly NameInTitle[] {
  const heads = namesOf(title.replace(/(:| - )[^()]*/g, ' ')).map((name) => name.flat());
  return namesOf(title).map((name, at) => {
    const words = name.flat().map(singular);
    const head = heads[at]?.map(singular) ?? words;
    const marker = head.findIndex((word, place) => place > 0 && (NUMBER.test(word) || MARKERS.has(word)));
    return { words, stem: (marker < 0 ? head : head.slice(0, marker)).slice(0, LONGEST_STEM) };
  });
}

/** `Aliens` follows `Alien`. */
const singular = (word: string): string => (word.length > 4 ? word.replace(/(?<!s)s$/, '') : word);

/** All runs of two to `LONGEST_STEM` words with two content words or more. */
function runsOf(words: readonly string[]): readonly string[] {
  const runs: string[] = [];
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 2; to <= Math.min(words.length, from + LONGEST_STEM); to++) {
      const run = words.slice(from, to);
      if (run.filter((word) => !STOP_WORDS.has(word)).length >= 2) runs.push(run.join(' '));
    }
  }
  return runs;
}

/** Rows by what they share. */
class Groups {
  readonly #rows = new Map<string, number[]>();

  add(key: string, row: number): void {
    if (key === '') return;
    const rows = this.#rows.get(key);
    if (rows === undefined) this.#rows.set(key, [row]);
    else if (rows.at(-1) !== row) rows.push(row);
  }

  has = (key: string): boolean => this.#rows.has(key);

  values = (): Iterable<readonly number[]> => this.#rows.values();
}

/** Collects pairs. Of several strengths of a pair the first counts. */
class Pairs {
  readonly #strengths = new Map<number, Map<number, number>>();

  join(groups: Groups, strength: number, most: number): void {
    for (const rows of groups.values()) {
      if (rows.length < 2 || rows.length > most) continue;
      for (const row of rows) {
        const own = this.#strengths.get(row) ?? new Map<number, number>();
        this.#strengths.set(row, own);
        for (const other of rows) if (other !== row && !own.has(other)) own.set(other, strength);
      }
    }
  }

  finish(titles: number): TitleSeries {
    const pointers = new Int32Array(titles + 1);
    const others: number[] = [];
    const strengths: number[] = [];
    for (let row = 0; row < titles; row++) {
      const own = [...(this.#strengths.get(row) ?? [])].sort(([a], [b]) => a - b);
      for (const [other, strength] of own) {
        others.push(other);
        strengths.push(strength);
      }
      pointers[row + 1] = others.length;
    }
    return { pointers, others: Int32Array.from(others), strengths: Float32Array.from(strengths) };
  }
}
