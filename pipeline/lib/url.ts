/** Characters that end a link or have another meaning in Markdown, HTML or Slack messages. */
const ENDS_A_LINK = /[<>()[\]"'`|]/;

/** Parses an `http` or `https` URL; null for any other text, and for one with spaces or backslashes. */
export function webUrl(text: string | null | undefined): URL | null {
  const url = text && !/[\s\\]/.test(text) ? URL.parse(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

/** A web URL that is safe in a link; null for any other text, such as a local path. */
export function linkUrl(text: string | null | undefined): string | null {
  return text && webUrl(text) !== null && !ENDS_A_LINK.test(text) ? text : null;
}

/** A URL without user, password, query and fragment, which are often secret. */
export const shownUrl = (url: URL): string => `${url.origin}${url.pathname}`;
