import { RequestFailure, sendRequest } from '../lib/http-request.ts';
import { linkUrl, webUrl } from '../lib/url.ts';
import type { Announcement } from './mirrors.ts';

const TIMEOUT_MS = 10_000;
/** Maximum pause in seconds, even if the receiver asks for more. */
const MAX_PAUSE = 10;

/**
 * Opens a webhook that accepts messages in Slack's format: Slack, Mattermost, Rocket.Chat, and Discord with its `/slack`
 * URL. It never throws; a failed delivery is a warning. The URL is a secret, so messages show only its host.
 *
 * @param options.pause seconds before the second attempt; the receiver may ask for more.
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
    return async () => onWarning('The alert webhook is not a web URL: no message was sent.');
  }
  const retry = { pauses: [pause], longestPause: MAX_PAUSE };
  return async (announcement) => {
    const problem = await sendRequest({
      url: target,
      init: {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(slackMessage(announcement)),
        // The message goes only to the configured URL.
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
    if (problem !== null)
      onWarning(`The alert webhook at ${target.host} did not accept the message: ${problem}.`);
  };
}

/** `*Drift: ratings — …*` as a link, and the change below it. */
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
