import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { issuePage, type Theme } from './issue-page.ts';
import type { SeenIssue } from './read-github.ts';

/**
 * `npm run picture -- FOLDER`: draws the drift issue that `npm run rehearse -- --keep FOLDER` left, as GitHub shows
 * it, into `docs/images/`: the whole issue and its upper part, each on a light and on a dark page. It needs Chromium
 * or Google Chrome on the PATH.
 */
const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images');
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const WIDTH = 912;

const browser = findBrowser();
const [kept] = process.argv.slice(2);
if (kept === undefined) throw new Error('Name the folder that `npm run rehearse -- --keep FOLDER` left.');
const [issue]: SeenIssue[] = JSON.parse(readFileSync(join(kept, 'issues.json'), 'utf8'));
if (issue === undefined) throw new Error(`${kept} has no issue. Run \`npm run rehearse\` to see why.`);

const folder = mkdtempSync(join(tmpdir(), 'cinematch-picture-'));
try {
  mkdirSync(IMAGES, { recursive: true });
  for (const theme of ['light', 'dark'] as const) {
    const page = join(folder, `${theme}.html`);
    writeFileSync(page, issuePage(issue, theme));
    for (const picture of takePictures(page, theme)) process.stdout.write(`${picture}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Draws a page, first to learn its heights and then for each picture. Returns the paths of the pictures. */
function takePictures(page: string, theme: Theme): readonly string[] {
  const dom = runBrowser(['--dump-dom', `--window-size=${WIDTH},600`], page);
  const [, top, whole] = /data-heights="(\d+) (\d+)"/.exec(dom) ?? [];
  if (top === undefined) throw new Error('The page was not drawn. Mermaid may have rejected a chart.');
  return Object.entries({ top, whole }).map(([part, height]) => {
    const picture = join(IMAGES, `drift-issue-${part}-${theme}.png`);
    runBrowser([`--screenshot=${picture}`, `--window-size=${WIDTH},${height}`], page);
    return picture;
  });
}

function runBrowser(options: readonly string[], page: string): string {
  const common = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    '--virtual-time-budget=20000',
  ];
  return execFileSync(browser, [...common, ...options, pathToFileURL(page).href], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function findBrowser(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.flatMap((path) => BROWSERS.map((name) => join(path, name))).find(isExecutable);
  if (found === undefined)
    throw new Error(
      `None of ${BROWSERS.join(', ')} is on the PATH. Install Chromium, for example with \`apt-get install chromium\`.`,
    );
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
