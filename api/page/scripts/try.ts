/** The script of "Try it": rate movies, and see how the list follows. */

import type { Movie, RatedMovie, Recommendation } from '../../client/cinematch.mjs';
import { TRY_TEXT as TEXT } from '../try-text.ts';
import { ask } from './ask.ts';
import { byId, element, link } from './elements.ts';
import { later, say, sayProblem } from './messages.ts';
import { openMovieSearch } from './movie-search.ts';
import { movieLine, starText, titleOf } from './movie-text.ts';
import { readShared, type StarsByMovie, writeShared } from './shared-ratings.ts';

/** A movie of one of the lists: with an expectation, or with a mean. */
type ListedMovie = Movie &
  Partial<Omit<Recommendation, keyof Movie>> &
  Partial<Omit<RatedMovie, keyof Movie>>;

interface Rated {
  readonly title: string;
  readonly stars: number;
}

const LENGTH = 10;
const FAN_MOVIES = 5;
const FAN_STARS = 4.5;

const ratings = new Map<string, Rated>();
/** The list as it was before the last change: place and expected stars by movie. */
let before = new Map<string, { readonly place: number; readonly stars: number }>();
/** The user whose list is shown; null shows that of the reader's own ratings. */
let shownUser: string | null = null;
let latest = 0;

const list = byId('try-list');

// The list.

const sliderValue = (id: string): number => byId<HTMLInputElement>(id).valueAsNumber;

async function listNow(): Promise<readonly ListedMovie[]> {
  const options = { k: LENGTH, novelty: sliderValue('try-novelty'), diversity: sliderValue('try-diversity') };
  if (shownUser !== null) return (await ask.userList(shownUser, options, keyOf())).recommendations;
  if (ratings.size === 0) return (await ask.top(LENGTH)).movies;
  return (await ask.list(starsByMovie(), options)).recommendations;
}

async function refresh(): Promise<void> {
  const turn = ++latest;
  const started = performance.now();
  byId('try-list-title').textContent =
    shownUser !== null ? TEXT.ofUser(shownUser) : ratings.size === 0 ? TEXT.top : TEXT.list;
  try {
    const movies = await listNow();
    // A later change has its own answer.
    if (turn !== latest) return;
    list.replaceChildren(...movies.map(listedMovie));
    before = new Map(
      movies.map(({ movie, rating }, place) => [String(movie), { place, stars: rating ?? 0 }] as const),
    );
    say(TEXT.updated(movies.length, performance.now() - started));
  } catch (error) {
    if (turn === latest) sayProblem(error);
  }
}

const refreshSoon = later(() => void refresh());

function listedMovie(movie: ListedMovie, place: number): HTMLElement {
  const title = titleOf(movie);
  return element('li', { class: 'film' }, [
    cover(movie),
    element('div', { class: 'film-text' }, [
      element('h3', {}, [title]),
      element('p', { class: 'soft' }, [expectation(movie), ...change(movie, place)]),
      reason(movie),
      element('p', { class: 'film-links' }, [
        ...outerLinks(movie),
        button(TEXT.similar, () => void showSimilar(movie)),
        element('label', {}, [TEXT.seen, ' ', rater(String(movie.movie), title, null)]),
      ]),
    ]),
  ]);
}

function expectation({ rating, interval, meanRating, ratings: count }: ListedMovie): HTMLElement {
  if (rating === undefined) {
    const mean = TEXT.mean(starText(meanRating ?? 0), (count ?? 0).toLocaleString());
    return element('span', {}, [mean]);
  }
  const range = interval == null ? null : TEXT.range(starText(interval[0]), starText(interval[1]));
  return element('span', {}, [
    element('strong', {}, [TEXT.predicted(starText(rating))]),
    ...(range === null ? [] : [`, ${range}`]),
  ]);
}

/** What the last rating changed, in words. */
function change({ movie, rating }: ListedMovie, place: number): readonly (Node | string)[] {
  if (before.size === 0 || rating === undefined || ratings.size === 0) return [];
  const known = before.get(String(movie));
  if (known === undefined) return [' ', element('span', { class: 'change' }, [TEXT.fresh])];
  const moved = known.place - place;
  const words = [
    ...(moved > 0 ? [TEXT.rose(moved)] : moved < 0 ? [TEXT.fell(-moved)] : []),
    ...(known.stars > 0 && starText(known.stars) !== starText(rating)
      ? [TEXT.before(starText(known.stars))]
      : []),
  ];
  return words.length === 0 ? [] : [' ', element('span', { class: 'change' }, [words.join(', ')])];
}

function reason({ reason: kind, because = [], likedGenre }: ListedMovie): HTMLElement {
  const named = because.map((one) => `${nameOf(one)} ${starText(one.stars)}★`).join(', ');
  const text =
    kind === 'ratings'
      ? `${TEXT.because}${named}`
      : kind === 'series'
        ? `${TEXT.series}${named}`
        : kind === 'genre' && likedGenre != null
          ? TEXT.genre(likedGenre)
          : kind === 'popular'
            ? TEXT.popular
            : '';
  return element('p', {}, [text]);
}

function outerLinks({ imdbId, tmdbId }: ListedMovie): readonly HTMLElement[] {
  return [
    ...(imdbId == null ? [] : [link(`https://www.imdb.com/title/${imdbId}/`, 'IMDb')]),
    ...(tmdbId == null ? [] : [link(`https://www.themoviedb.org/movie/${tmdbId}`, 'TMDB')]),
  ];
}

/** A cover of title and year. Its colour comes from the first genre, as one of twelve classes. */
function cover(
  movie: Pick<ListedMovie, 'genres' | 'title' | 'displayTitle' | 'year' | 'movie'>,
): HTMLElement {
  const genre = movie.genres[0] ?? '';
  let code = 0;
  for (const letter of genre) code = (code * 31 + (letter.codePointAt(0) as number)) % 12;
  return element('div', { class: `cover tint-${code}`, 'aria-hidden': 'true' }, [
    element('span', { class: 'cover-title' }, [titleOf(movie)]),
    element('span', { class: 'cover-facts' }, [[movie.year, genre].filter(Boolean).join(' · ')]),
  ]);
}

/** A rated movie as the reader sees it in their ratings. */
const nameOf = (movie: { readonly movie: number | string; readonly title: string | null }): string =>
  ratings.get(String(movie.movie))?.title ?? titleOf(movie);

function button(text: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button' }, [text]);
  made.addEventListener('click', act);
  return made;
}

// Similar movies.

async function showSimilar(movie: ListedMovie): Promise<void> {
  const panel = byId<HTMLDialogElement>('try-similar');
  try {
    const { similar } = await ask.similar(String(movie.movie), LENGTH);
    byId('try-similar-title').textContent = TEXT.similarTo(titleOf(movie));
    byId('try-similar-list').replaceChildren(...similar.map(similarMovie));
    panel.showModal();
  } catch (error) {
    sayProblem(error);
  }
}

function similarMovie(movie: Movie): HTMLElement {
  const title = titleOf(movie);
  return element('li', {}, [
    ...movieLine(movie),
    element('label', { class: 'inline' }, [TEXT.seen, ' ', rater(String(movie.movie), title, null)]),
  ]);
}

// The ratings.

/** A choice of half stars. The empty choice is no rating. */
function rater(movie: string, title: string, value: number | null): HTMLSelectElement {
  const choices = Array.from({ length: 10 }, (_, index) => (10 - index) / 2);
  const select = element('select', { 'aria-label': TEXT.stars(title) }, [
    ...(value === null ? [element('option', { value: '' }, ['–'])] : []),
    ...choices.map((choice) => element('option', { value: String(choice) }, [`${starText(choice)}★`])),
  ]);
  if (value !== null) select.value = String(value);
  select.addEventListener('change', () => {
    if (select.value !== '') rate(movie, title, Number(select.value));
  });
  return select;
}

function rate(movie: string, title: string, value: number): void {
  ratings.set(movie, { title, stars: value });
  shownUser = null;
  ratingsChanged();
}

function ratingsChanged(): void {
  const rows = Array.from(ratings, ([movie, rated]) => {
    const remove = button('×', () => {
      ratings.delete(movie);
      ratingsChanged();
      byId('try-search').focus();
    });
    remove.setAttribute('aria-label', TEXT.remove(rated.title));
    return element('li', {}, [
      element('span', { class: 'rated-title' }, [rated.title]),
      rater(movie, rated.title, rated.stars),
      remove,
    ]);
  });
  byId('try-rated').replaceChildren(...rows.toReversed());
  byId('try-none').hidden = ratings.size > 0;
  byId('try-with').hidden = ratings.size === 0;
  history.replaceState(null, '', writeShared(starsByMovie()));
  refreshSoon();
}

const starsByMovie = (): StarsByMovie =>
  new Map(Array.from(ratings, ([movie, rated]) => [movie, rated.stars]));

/** Takes the ratings of the link. Movies that the service does not have are left out. */
async function openShared(): Promise<void> {
  const shared = [...readShared(location.hash)];
  const found = await Promise.allSettled(shared.map(([movie]) => ask.movie(movie)));
  ratings.clear();
  found.forEach((one, at) => {
    const [movie, value] = shared[at] as [string, number];
    if (one.status === 'fulfilled') ratings.set(movie, { title: titleOf(one.value), stars: value });
  });
  ratingsChanged();
}

// Where the ratings come from and go to.

const keyOf = (): string => byId<HTMLInputElement>('try-key').value.trim();
const userOf = (): string => byId<HTMLInputElement>('try-user').value.trim();

async function beginAs(genre: string): Promise<void> {
  ratings.clear();
  before = new Map();
  if (genre !== '') {
    try {
      const { movies } = await ask.ofGenre(genre, FAN_MOVIES);
      for (const movie of movies)
        ratings.set(String(movie.movie), { title: titleOf(movie), stars: FAN_STARS });
    } catch (error) {
      sayProblem(error);
    }
  }
  ratingsChanged();
}

async function showUser(): Promise<void> {
  if (userOf() === '') {
    say(TEXT.needUser);
    return;
  }
  shownUser = userOf();
  before = new Map();
  await refresh();
}

async function send(): Promise<void> {
  if (userOf() === '' || keyOf() === '') {
    say(TEXT.needUser);
    return;
  }
  try {
    const { recorded } = await ask.send(userOf(), starsByMovie(), keyOf());
    say(TEXT.sent(recorded));
  } catch (error) {
    sayProblem(error);
  }
}

const on = (id: string, event: string, act: () => unknown): void =>
  byId(id).addEventListener(event, () => void act());

on('try-start', 'change', () => beginAs(byId<HTMLSelectElement>('try-start').value));
on('try-novelty', 'input', refreshSoon);
on('try-diversity', 'input', refreshSoon);
on('try-clear', 'click', () => beginAs(''));
on('try-share', 'click', async () => {
  await navigator.clipboard.writeText(location.href);
  say(TEXT.shared);
});
on('try-show-user', 'click', showUser);
on('try-own', 'click', () => {
  shownUser = null;
  ratingsChanged();
});
on('try-send', 'click', send);
addEventListener('hashchange', () => {
  if (writeShared(starsByMovie()) !== (location.hash || '#')) void openShared();
});
openMovieSearch((movie) => {
  rate(String(movie.movie), titleOf(movie), FAN_STARS);
  byId('try-rated').querySelector('select')?.focus();
});
byId('try-app').hidden = false;
void openShared();
