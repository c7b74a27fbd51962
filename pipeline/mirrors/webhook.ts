import { setTimeout as pause } from 'node:timers/promises';
import type { Announcement } from './mirrors.ts';

const ATTEMPTS = 2;
const TIMEOUT_MS = 10_000;
/** No longer than this, whatever the receiver asks for. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * Announces to a webhook that takes Slack's messages: Slack itself, Mattermost, Rocket.Chat, and Discord at its
 * `/slack` address. Never throws: what could not be delivered is a warning. The address is a secret, so no
 * message holds more of it than the host.
 *
 * @param options.firstPauseMs before the second attempt, where the receiver names no time.
 */
export function openWebhook({
  url,
  onWarning,
  fetch = globalThis.fetch,
  firstPauseMs = 1_000,
}: {
  readonly url: string;
  readonly onWarning: (message: string) => void;
  readonly fetch?: typeof globalThis.fetch;
  readonly firstPauseMs?: number;
}): (announcement: Announcement) => Promise<void> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return async () => onWarning('The alert webhook is no https address: nothing was announced.');
  }
  const { host } = new URL(url);
  return async (announcement) => {
    const body = JSON.stringify(slackMessage(announcement));
    for (let attempt = 1; ; attempt++) {
      const outcome = await post(fetch, url, body);
      if (outcome.status === 'delivered') return;
      if (outcome.status === 'failed' || attempt === ATTEMPTS) {
        return onWarning(`The alert webhook at ${host} took no message: ${outcome.reason}.`);
      }
      await pause(Math.min(outcome.afterMs ?? firstPauseMs, LONGEST_PAUSE_MS));
    }
  };
}

type Delivery =
  | { readonly status: 'delivered' }
  | { readonly status: 'again'; readonly reason: string; readonly afterMs: number | null }
  | { readonly status: 'failed'; readonly reason: string };

async function post(fetch: typeof globalThis.fetch, url: string, body: string): Promise<Delivery> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      // What is announced goes where it was told to, and nowhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
  } catch (error) {
    return { status: 'again', reason: connectionProblem(error), afterMs: null };
  }
  const { status, ok } = response;
  if (ok) return { status: 'delivered' };
  const reason = `it answered ${status}`;
  if (status !== 429 && status < 500) return { status: 'failed', reason };
  const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  return { status: 'again', reason, afterMs: Number.isNaN(seconds) ? null : seconds * 1000 };
}

/** By its code alone: the words of a network error may quote the address. */
function connectionProblem(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer in ${TIMEOUT_MS / 1000} s`;
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? `the connection failed (${cause.code})` : 'the connection failed';
}

/** `*Drift: ratings — …*` as a link, and what changed below it. */
function slackMessage({ title, text, url }: Announcement): { readonly text: string } {
  const heading = /^https?:\/\//.test(url)
    ? `<${escapeSlack(url).replaceAll('|', '%7C')}|${escapeSlack(title)}>`
    : escapeSlack(title);
  return { text: `*${heading}*\n${escapeSlack(text)}` };
}

/** The three characters that Slack reads as markup. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
