import { existsSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Whether a path of the repository exists, and the text of a page in it. */
export interface Pages {
  exists(path: string): boolean;
  read(path: string): string;
}

export const repositoryPages: Pages = {
  exists: (path) => existsSync(posix.join(ROOT, path)),
  read: (path) => readFileSync(posix.join(ROOT, path), 'utf8'),
};

/**
 * The relative links of a Markdown page that lead nowhere, one line each: the file is missing, or the heading.
 * Addresses of other sites are left alone.
 */
export function brokenLinks(page: string, { exists, read }: Pages = repositoryPages): readonly string[] {
  return linksOf(read(page)).flatMap((link) => {
    if (/^[a-z]+:/i.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : posix.join(dirname(page), file);
    if (target.startsWith('..') || !exists(target))
      return [`${page} links to ${link}: there is no ${target}`];
    if (anchor === undefined || anchorsOf(read(target)).has(anchor)) return [];
    return [`${page} links to ${link}: ${target} has no such anchor`];
  });
}

/** What a page can be linked at: its headings as GitHub names them, and anchors in HTML. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const text = withoutBlocks(markdown);
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id));
  for (const [, heading = ''] of text.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const name = nameOf(heading);
    let unique = name;
    for (let count = 1; anchors.has(unique); count++) unique = `${name}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

/** Lower case, without punctuation and marks of Markdown, words joined by dashes. */
function nameOf(heading: string): string {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function linksOf(markdown: string): readonly string[] {
  const prose = withoutBlocks(markdown).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map(([, link = '']) => link);
}

/** Without fenced and indented code. */
const withoutBlocks = (markdown: string): string =>
  markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/^(?: {4}|\t).*$/gm, '');
