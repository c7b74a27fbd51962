/**
 * `npm run screenshots -- FOLDER [URL]`: pictures of every part and every empty state, in both themes and three widths;
 * with a URL, of the parts of the service there.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CHROMIUM, openBrowser } from './chromium.ts';
import { type ServerName, servePage, VIEWS } from './page-servers.ts';

const [folder = 'screenshots', url] = process.argv.slice(2);
if (CHROMIUM === null) {
  console.error('No Chromium was found. Install it, or set CHROMIUM to its program.');
  process.exit(1);
}
await mkdir(folder, { recursive: true });
const browser = await openBrowser();

async function shoot(name: string, base: string, views: readonly string[]): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 768, 1280]) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      for (const view of views) {
        await page.goto(`${base}${view}`, { waitUntil: 'load' });
        const part = view === '/' ? 'now' : view.slice(1).replaceAll(/[^a-z0-9]+/gi, '-');
        await page.screenshot({
          path: join(folder, `${name}-${part}-${colorScheme}-${width}.png`),
          fullPage: true,
        });
      }
      await page.close();
    }
  }
}

if (url !== undefined)
  await shoot('service', url.replace(/\/$/, ''), ['/', '/drift', '/models', '/pipeline', '/try']);
else {
  for (const name of Object.keys(VIEWS) as ServerName[]) {
    const server = await servePage(name);
    await shoot(name, `http://127.0.0.1:${server.port}`, VIEWS[name]);
    await server.close();
  }
}
await browser.close();
