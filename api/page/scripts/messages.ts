import { CineMatchError } from '../../client/cinematch.mjs';
import { TRY_TEXT } from '../try-text.ts';
import { byId } from './elements.ts';

/** A slider or a fast typist causes one request in so many milliseconds. */
const PAUSE_MS = 60;

const status = byId('try-status');

/** Tells the reader, and who listens to the page, what happened. */
export function say(text: string): void {
  status.textContent = text;
}

/** Says why a request failed. One that a later one has replaced did not. */
export function sayProblem(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') return;
  say(error instanceof CineMatchError ? TRY_TEXT.failed(error.message) : TRY_TEXT.offline);
}

/** A function that acts when it was not called for a moment. */
export function later(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, PAUSE_MS);
  };
}
