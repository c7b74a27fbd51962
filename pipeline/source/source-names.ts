const LISTED = 12;

/** At most twelve names for a message, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Endings of files that are packed alone. */
const PACKED = /\.(gz|gzip|zst|zstd)$/i;

/** The name without the ending of its packing: `ratings.csv` of `ratings.csv.gz`. */
export const unpackedName = (name: string): string => name.replace(PACKED, '');

/** Names of ratings files, in the order in which they are looked for. */
const RATINGS_NAMES: readonly RegExp[] = [
  /^ratings\.csv$/,
  /^ratings\.dat$/,
  /^u\.data$/,
  /^ratings\.parquet$/,
  /^ratings?\.(csv|tsv|txt|dat|parquet|inter)$/i,
];
const MOVIES_NAME =
  /^(u\.item|(movies?|films?|items|books|movie[_-]?titles)\.(csv|tsv|txt|dat|parquet|item)|.+\.item)$/i;
const LINKS_NAME = /^links?\.(csv|tsv|txt|dat|parquet)$/i;
/** Other files of the MovieLens archives. */
const COMPANIONS = /^(links?|tags?|genome[-_]scores|genome[-_]tags|users?)\.[a-z]+$/i;
const RATINGS_EXTENSION = /\.(csv|tsv|dat|data|base|parquet|zip)$/i;
/** Files that never have ratings, by their endings. */
const OTHER_EXTENSION = /\.(md|html?|pdf|png|jpe?g|gif|svg|py|ipynb|sh|pl|jsonl?|xml|ya?ml|docx?)$/i;
const README = /^(readme|licen[cs]e|copying)(\.|$)/i;
/** One of several files that Spark, Dask or Hadoop write for one table. */
const PART = /^part[-.]\d+/i;
/** A folder of a table that is divided by the values of a column: `year=2005`. */
const PARTITION = /^[^=]+=[^=]*$/;
/** One of the files of the Netflix Prize, whose ratings are in blocks. */
const NETFLIX = /^(combined_data_\d+|mv_\d{7})\.txt$/i;

/** The first of the names that a ratings file has, or undefined. */
export function ratingsNameAmong(names: readonly string[]): string | undefined {
  for (const known of RATINGS_NAMES) {
    const name = names.find((each) => known.test(unpackedName(each)));
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Whether a file name is that of a movies file, packed or not. */
export const isMoviesName = (name: string): boolean => MOVIES_NAME.test(unpackedName(name));

/** Whether a file name is that of a file of links to other catalogues, packed or not. */
export const isLinksName = (name: string): boolean => LINKS_NAME.test(unpackedName(name));

/** Whether a file name can be that of a ratings file. The content is checked when the file is read. */
export function isRatingsName(name: string): boolean {
  const plain = unpackedName(name);
  return (
    RATINGS_EXTENSION.test(plain) &&
    !isHiddenName(name) &&
    !isMoviesName(name) &&
    !COMPANIONS.test(plain) &&
    !README.test(plain)
  );
}

/** Whether the content of a file tells whether it has ratings: its name does not say that it has something else. */
export const canHaveRatings = (name: string): boolean =>
  !isExpectedCompanion(name) && !OTHER_EXTENSION.test(name);

/** Whether a file beside ratings is expected, so that no note about it is needed. */
export const isExpectedCompanion = (name: string): boolean =>
  isHiddenName(name) || README.test(name) || isMoviesName(name) || COMPANIONS.test(unpackedName(name));

/** Whether a file or folder is no data by its name: `.DS_Store`, `_SUCCESS`, `__MACOSX`. */
export const isHiddenName = (name: string): boolean => /^[._]/.test(name);

export const isPartName = (name: string): boolean => PART.test(name) || NETFLIX.test(unpackedName(name));
export const isPartitionName = (name: string): boolean => PARTITION.test(name);
