/** The names in the title of a movie, for people. */
export interface TitleNames {
  /** The name as one says it: `The Matrix` for `Matrix, The`. Empty for an empty title. */
  readonly display: string;
  /** The original and other names, which the title has in brackets, each once. */
  readonly alternatives: readonly string[];
}

/** Articles that catalogues move behind a comma, so that titles sort by their first word. */
const MOVED_ARTICLES: ReadonlySet<string> = new Set(
  [
    'the a an',
    "le la les l l' un une",
    'el los las una',
    'il lo i gli uno',
    'der die das den dem ein eine',
    'o os as um uma',
    'de het een det en et da',
  ].flatMap((language) => language.split(' ')),
);

/** `Matrix, The` becomes `The Matrix`, and `Avventura, L'` becomes `L'Avventura`. Any other name stays as it is. */
export function articleFirst(name: string): string {
  const comma = name.lastIndexOf(',');
  if (comma < 1) return name;
  const last = name.slice(comma + 1).trim();
  if (!MOVED_ARTICLES.has(last.toLowerCase().replace('’', "'"))) return name;
  return `${last}${/['’]$/.test(last) ? '' : ' '}${name.slice(0, comma)}`;
}

const ALSO_KNOWN_AS = /^a\.?k\.?a\b\.?:?\s*/i;
/** `Birdman: Or (The Unexpected Virtue of Ignorance)` is one name. */
const GOES_ON = /\bor$/i;

/**
 * The name of a title and the names in brackets at its end, as they are written but for `a.k.a.`. `(500) Days of Summer`, `Frontière(s)` and
 * `Birdman: Or (The …)` are one name each.
 */
export function splitTitle(title: string): readonly [name: string, ...others: string[]] {
  const others: string[] = [];
  let name = title.trim();
  for (let open = lastBracket(name); open > 0; open = lastBracket(name)) {
    const before = name.slice(0, open).trimEnd();
    if (before.length === open || GOES_ON.test(before)) break;
    others.unshift(
      name
        .slice(open + 1, -1)
        .trim()
        .replace(ALSO_KNOWN_AS, ''),
    );
    name = before;
  }
  return [name, ...others];
}

/** Where the brackets open that close at the end of a text; −1 without any. */
function lastBracket(text: string): number {
  if (!text.endsWith(')')) return -1;
  let depth = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++;
    else if (text[at] === '(' && --depth === 0) return at;
  }
  return -1;
}

/**
 * The names of a title as MovieLens writes it, without the year: `City of Lost Children, The (Cité des enfants perdus, La)` is
 * The City of Lost Children, and La Cité des enfants perdus.
 */
export function titleNames(title: string): TitleNames {
  const [name, ...others] = splitTitle(title);
  const display = forPeople(name);
  const alternatives = new Set(others.map(forPeople).filter((other) => other !== ''));
  alternatives.delete(display);
  return { display, alternatives: [...alternatives] };
}

/** The name as one says it, with single spaces and none behind an elided article. */
function forPeople(name: string): string {
  return articleFirst(name.replace(/\s+/g, ' '))
    .replace(/^([LlDd]['’]) /, '$1')
    .trim();
}
