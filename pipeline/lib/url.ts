/** Characters that end a link, or begin something else, in Markdown, HTML or a message of Slack. */
const ENDS_A_LINK = /[<>()[\]"'`|]/;

/** Reads an `http` or `https` URL; null for anything else, and for a text with blanks or backslashes in it. */
export function webUrl(text: string | null | undefined): URL | null {
  const url = text && !/[\s\\]/.test(text) ? URL.parse(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

/** A web URL that can stand in a link as it is; null for anything else, such as a path on one machine. */
export function linkUrl(text: string | null | undefined): string | null {
  return text && webUrl(text) !== null && !ENDS_A_LINK.test(text) ? text : null;
}

/** A URL as it may be shown and stored: user, password and query are often secrets. */
export const shownUrl = (url: URL): string => `${url.origin}${url.pathname}`;
