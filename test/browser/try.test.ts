/** "Try it" in a real browser, from the search to the shared link. Where there is no Chromium, it is skipped. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Listener } from '../../api/listen.ts';
import { startLocalServer } from '../../api/local-server.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { NOW, servingOf } from '../support/serving.ts';
import { smallWorld } from '../support/small-world.ts';
import { CHROMIUM, openBrowser } from './chromium.ts';

const world = await smallWorld();
/** Two movies with a title of their own, and the id of the one that gets a hostile title. */
const [first, second, { id: hostileId }] = world.movies.filter(({ title }) => /^\w+ \d+$/.test(title)) as [
  Movie,
  Movie,
  Movie,
];
const HOSTILE = '<img src=x onerror="document.title=1">';

describe.skipIf(CHROMIUM === null)('in Chromium', () => {
  let browser: Browser;
  let server: Listener;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    const movies = world.movies.map((movie) =>
      movie.id === hostileId ? { ...movie, title: HOSTILE } : movie,
    );
    server = await startLocalServer(
      {
        serving: openServing(servingOf({ ...world, movies }).files, 'model v3'),
        source: { kind: 'none' },
        clock: () => NOW,
        stopwatch: () => performance.now(),
        newRequestId: () => 'request-1',
        log: { request: () => {}, failure: () => {} },
      },
      { port: 0, hostname: '127.0.0.1' },
    );
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(fragment = ''): Promise<Page> {
    const page = await browser.newPage();
    complaints.length = 0;
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${server.port}/try${fragment}`, { waitUntil: 'networkidle' });
    return page;
  }

  const titles = (page: Page): Promise<string[]> => page.locator('#try-list h3').allTextContents();

  test('a movie is found and rated by keyboard alone, and the list follows with reasons', async () => {
    const page = await open();
    expect(await page.locator('#try-list-title').textContent()).toBe('The best for everyone');
    const best = await titles(page);
    expect(best).toHaveLength(10);
    await page.locator('#try-search').focus();
    await page.keyboard.type(first.title);
    await page.locator('#try-found li').first().waitFor();
    await page.keyboard.press('ArrowDown');
    const chosen = page.locator('#try-found [aria-selected=true]');
    expect(await chosen.textContent()).toContain(first.title);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('#try-list-title')?.textContent === 'For you');
    expect(await page.locator('#try-rated .rated-title').allTextContents()).toEqual([first.title]);
    // The stars of the new rating have the focus.
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      `Stars for ${first.title}`,
    );
    expect(await titles(page)).not.toContain(first.title);
    expect(await page.locator('#try-list .film').first().textContent()).toMatch(/★ expected, likely /);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('another rating says what it changed, and removing all gives the list for everyone', async () => {
    const page = await open(`#rated=${first.id}:5,${second.id}:4`);
    await page.locator('#try-list h3').first().waitFor();
    await page.locator('#try-rated select').first().selectOption('0.5');
    await page.locator('#try-list .change').first().waitFor();
    expect(await page.locator('#try-list .change').first().textContent()).toMatch(
      /new in the list|\d+ (up|down)|before \d\.\d★/,
    );
    expect(new URL(page.url()).hash).toBe(`#rated=${first.id}:5,${second.id}:0.5`);
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.waitForFunction(
      () => document.querySelector('#try-list-title')?.textContent === 'The best for everyone',
    );
    expect(await page.locator('#try-none').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('sliders ask again, similar movies open, and a genre begins with ratings', async () => {
    const page = await open(`#rated=${first.id}:5`);
    await page.locator('#try-list h3').first().waitFor();
    const asked = page.waitForRequest(
      (request) => request.method() === 'POST' && request.postData()?.includes('"diversity":1') === true,
    );
    await page.locator('#try-diversity').fill('1');
    await asked;
    await page.locator('#try-list button').first().click();
    await page.locator('#try-similar[open]').waitFor();
    expect(await page.locator('#try-similar-title').textContent()).toBe(
      `Similar to ${(await titles(page))[0]}`,
    );
    expect(await page.locator('#try-similar-list li').count()).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await page.locator('#try-start').selectOption({ index: 1 });
    await page.waitForFunction(() => document.querySelectorAll('#try-rated li').length === 5);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a hostile title is text, and a damaged link rates nothing', async () => {
    const page = await open(`#rated=${hostileId}:5,${first.id}:99,nothing`);
    await page.locator('#try-rated li').first().waitFor();
    expect(await page.locator('#try-rated .rated-title').allTextContents()).toEqual([HOSTILE]);
    expect(await page.locator('#try-rated img').count()).toBe(0);
    expect(await page.title()).not.toBe('1');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a user is shown as far as the service tells it, and ratings are sent only with a key', async () => {
    const page = await open(`#rated=${first.id}:5`);
    await page.locator('summary').click();
    await page.getByRole('button', { name: 'Send your ratings' }).click();
    await page.waitForFunction(() =>
      document.querySelector('#try-status')?.textContent?.startsWith('Give a user'),
    );
    await page.locator('#try-user').fill('10');
    await page.getByRole('button', { name: 'Show their list' }).click();
    await page.waitForFunction(
      () => document.querySelector('#try-list-title')?.textContent === 'For user 10',
    );
    expect((await titles(page)).length).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
