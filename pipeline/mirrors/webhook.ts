import { RequestFailure, sendRequest } from '../lib/http-request.ts';
import { linkUrl, webUrl } from '../lib/url.ts';
import type { Announcement } from './mirrors.ts';

const TIMEOUT_MS = 10_000;
/** In seconds, whatever the receiver asks for. */
const LONGEST_PAUSE = 10;

/**
 * Announces to a webhook that takes Slack's messages: Slack itself, Mattermost, Rocket.Chat, and Discord at its
 * `/slack` URL. Never throws: what could not be delivered is a warning. The URL is a secret, so no message holds
 * more of it than the host.
 *
 * @param options.pause seconds before the second try; the receiver may ask for more.
 */
export function openWebhook({
  url,
  onWarning,
  fetch = globalThis.fetch,
  pause = 1,
}: {
  readonly url: string;
  readonly onWarning: (message: string) => void;
  readonly fetch?: typeof globalThis.fetch;
  readonly pause?: number;
}): (announcement: Announcement) => Promise<void> {
  const target = webUrl(url);
  if (target === null) {
    return async () => onWarning('The alert webhook is not a web URL: nothing was announced.');
  }
  const retry = { pauses: [pause], longestPause: LONGEST_PAUSE };
  return async (announcement) => {
    const problem = await sendRequest({
      url: target,
      init: {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(slackMessage(announcement)),
        // What is announced goes where it was told to, and nowhere else.
        redirect: 'manual',
      },
      fetch,
      timeoutMs: TIMEOUT_MS,
      retry,
      read: async ({ ok, status, body }) => {
        await body?.cancel();
        return ok ? null : `the server answered ${status}`;
      },
    }).catch((error: unknown) =>
      error instanceof RequestFailure ? error.message : 'the request could not be sent',
    );
    if (problem !== null) onWarning(`The alert webhook at ${target.host} took no message: ${problem}.`);
  };
}

/** `*Drift: ratings — …*` as a link, and what changed below it. */
function slackMessage({ title, text, url }: Announcement): { readonly text: string } {
  const link = linkUrl(url);
  const name = escapeSlack(title);
  const heading = link === null ? name : `<${escapeSlack(link)}|${name}>`;
  return { text: `*${heading}*\n${escapeSlack(text)}` };
}

/** The three characters that Slack reads as markup. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
