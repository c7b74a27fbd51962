/** The page in a real browser. Where there is no Chromium, these tests are skipped. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listener } from '../../api/listen.ts';
import { CHROMIUM, openBrowser } from './chromium.ts';
import { type ServerName, servePage, VIEWS } from './page-servers.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(CHROMIUM === null)('in Chromium', () => {
  let browser: Browser;
  const servers = new Map<ServerName, Listener>();
  const contexts = new Map<string, BrowserContext>();
  beforeAll(async () => {
    browser = await openBrowser();
    for (const name of Object.keys(VIEWS) as ServerName[]) servers.set(name, await servePage(name));
    for (const colorScheme of ['light', 'dark'] as const) {
      contexts.set(
        colorScheme,
        await browser.newContext({
          colorScheme,
          locale: 'de-AT',
          timezoneId: 'Europe/Vienna',
          reducedMotion: 'reduce',
        }),
      );
    }
    contexts.set('phone', await browser.newContext({ viewport: { width: 360, height: 740 } }));
    contexts.set('plain', await browser.newContext({ javaScriptEnabled: false }));
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([...servers.values()].map((server) => server.close()));
  });

  /** What the browser complained about, and which other hosts were asked. */
  interface Seen {
    readonly page: Page;
    readonly complaints: string[];
  }

  async function open(context: string, name: ServerName, view: string): Promise<Seen> {
    const page = await (contexts.get(context) as BrowserContext).newPage();
    const host = `127.0.0.1:${servers.get(name)?.port}`;
    const complaints: string[] = [];
    page.on('console', (message) => {
      // A page of status 503 is what a service without a model is.
      const isStatus = name === 'nothing' && message.text().includes('503');
      if (message.type() === 'error' && !isStatus) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (new URL(request.url()).host !== host) complaints.push(`asks ${request.url()}`);
    });
    await page.goto(`http://${host}${view}`, { waitUntil: 'load' });
    return { page, complaints };
  }

  const cases = (Object.keys(VIEWS) as ServerName[]).flatMap((name) =>
    VIEWS[name].map((view): [ServerName, string] => [name, view]),
  );

  test.each(cases)(
    '%s %s breaks no rule of accessibility, light and dark, and asks no other host',
    async (name, view) => {
      for (const scheme of ['light', 'dark']) {
        const { page, complaints } = await open(scheme, name, view);
        // An evaluated script is not subject to the policy of the page.
        await page.evaluate(AXE);
        const found = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { readonly axe: typeof import('axe-core') };
          const { violations } = await axe.run(document, { resultTypes: ['violations'] });
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
        });
        expect([scheme, found, complaints]).toEqual([scheme, [], []]);
        await page.close();
      }
    },
  );

  test.each(cases)('%s %s fits on a phone: nothing but tables scrolls sideways', async (name, view) => {
    const { page, complaints } = await open('phone', name, view);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a time is in the zone of the reader, with UTC on hover; without scripts it is UTC', async () => {
    const { page } = await open('light', 'year', '/drift?check=360');
    const time = page.locator('main time').first();
    expect(await time.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    expect(await time.textContent()).toMatch(/^\d{2}\.\d{2}\.2026, 07:00$/);
    await page.close();
    const plain = await open('plain', 'year', '/drift?check=360');
    expect(await plain.page.locator('main time').first().textContent()).toMatch(/06:00 UTC$/);
    await plain.page.close();
  });

  test('without scripts a signal, a check and a comparison can be chosen', async () => {
    const { page } = await open('plain', 'year', '/drift');
    await page.locator('select[name=signal]').selectOption('rating_mean');
    await page.getByRole('button', { name: 'Show' }).click();
    expect(new URL(page.url()).searchParams.get('signal')).toBe('rating_mean');
    expect(await page.locator('#effect figcaption').textContent()).toContain('Mean rating: drift on');
    await page.locator('select[name=with]').selectOption('360');
    await page.getByRole('button', { name: 'Compare two checks' }).click();
    expect(await page.locator('h1').textContent()).toMatch(/^Checks 364 and 360: /);
    await page.getByRole('link', { name: 'check 360' }).click();
    expect(await page.locator('h1').textContent()).toMatch(/^Check 360: /);
    await page.close();
  });

  test('by keyboard alone: to the content, to a chart, along its points, and to a check', async () => {
    const { page } = await open('light', 'year', '/drift?signal=rating_mean');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement?.hasAttribute('data-point'))) break;
    }
    const readout = page.locator('#effect .readout');
    const newest = await readout.textContent();
    expect(newest).toMatch(/^batch \d+: \+/);
    await page.keyboard.press('ArrowLeft');
    expect(await readout.textContent()).toMatch(/^batch \d+: \+/);
    expect(await readout.textContent()).not.toBe(newest);
    await page.keyboard.press('Enter');
    await page.waitForURL(/check=\d+/);
    expect(await page.locator('h1').textContent()).toMatch(/^Check \d+: /);
    await page.close();
  });

  test('a value is shown on hover', async () => {
    const { page } = await open('light', 'year', '/models');
    await page.locator('#metric [data-point]').first().hover({ force: true });
    expect(await page.locator('#metric .readout').textContent()).toMatch(/^v441, /);
    await page.close();
  });
});
