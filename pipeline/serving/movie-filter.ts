import type { Catalogue } from './catalogue.ts';

/** Years of release, both included. */
export interface YearRange {
  readonly from: number;
  readonly to: number;
}

/** Which movies a list may have. */
export interface MovieFilter {
  /** Positions in the catalogue's genres. Empty for all movies. */
  readonly genres: readonly number[];
  /** Whether a movie needs one of the genres or all of them. */
  readonly match: 'any' | 'all';
  /** Null for all movies. A movie without a year is in no range. */
  readonly years: YearRange | null;
}

/** Whether a movie of the catalogue, by its row, passes. Null for a filter that every movie passes. */
export function filterRows(
  catalogue: Pick<Catalogue, 'isOfGenre' | 'yearOf'>,
  { genres, match, years }: MovieFilter,
): ((row: number) => boolean) | null {
  if (genres.length === 0 && years === null) return null;
  return (row) => {
    if (years !== null) {
      const year = catalogue.yearOf(row);
      if (year === null || year < years.from || year > years.to) return false;
    }
    if (genres.length === 0) return true;
    const isOf = (genre: number): boolean => catalogue.isOfGenre(row, genre);
    return match === 'any' ? genres.some(isOf) : genres.every(isOf);
  };
}
