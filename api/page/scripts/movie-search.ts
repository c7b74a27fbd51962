import type { Movie } from '../../client/cinematch.mjs';
import { TRY_TEXT } from '../try-text.ts';
import { ask } from './ask.ts';
import { byId, element } from './elements.ts';
import { later, say, sayProblem } from './messages.ts';
import { movieLine } from './movie-text.ts';

const MOST = 8;

/**
 * Search as one types: the field is a combobox of the ARIA Authoring Practices, and the movies found are its list.
 *
 * @param onChoice called with the chosen movie, when the field is empty again.
 */
export function openMovieSearch(onChoice: (movie: Movie) => void): void {
  const field = byId<HTMLInputElement>('try-search');
  const list = byId('try-found');
  let found: readonly Movie[] = [];
  let active = -1;
  let asked: AbortController | null = null;

  function close(): void {
    asked?.abort();
    list.hidden = true;
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
    active = -1;
  }

  function choose(movie: Movie): void {
    field.value = '';
    close();
    onChoice(movie);
  }

  function show(): void {
    const options = found.map((movie, at) => {
      const option = element(
        'li',
        { role: 'option', id: `try-found-${at}`, 'aria-selected': 'false' },
        movieLine(movie),
      );
      // Before the field loses the focus.
      option.addEventListener('pointerdown', (event) => {
        event.preventDefault();
        choose(movie);
      });
      return option;
    });
    list.replaceChildren(...options);
    active = -1;
    list.hidden = found.length === 0;
    field.setAttribute('aria-expanded', String(found.length > 0));
    say(TRY_TEXT.found(found.length));
  }

  async function find(): Promise<void> {
    const query = field.value.trim();
    if (query === '') {
      close();
      return;
    }
    asked?.abort();
    asked = new AbortController();
    try {
      found = (await ask.search(query, MOST, asked.signal)).movies;
      show();
    } catch (error) {
      sayProblem(error);
    }
  }

  function move(step: number): void {
    const options = [...list.children];
    active = (active + step + options.length) % options.length;
    for (const [at, option] of options.entries()) option.setAttribute('aria-selected', String(at === active));
    field.setAttribute('aria-activedescendant', `try-found-${active}`);
  }

  field.addEventListener(
    'input',
    later(() => void find()),
  );
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    const movie = found[Math.max(active, 0)];
    if (event.key === 'Enter' && !list.hidden && movie !== undefined) {
      event.preventDefault();
      choose(movie);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || list.children.length === 0) return;
    event.preventDefault();
    move(step);
  });
}
