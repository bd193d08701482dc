// A browser at the review desk: what every scenario needs.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Address of the running server. */
export const DESK = process.env.CLINLINK_DESK ?? 'http://127.0.0.1:8080';
const PASSWORD = process.env.CLINLINK_DESK_PASSWORD ?? 'a password for tests';
const FIXTURES = new URL('../../../fixtures/', import.meta.url).pathname;

export interface Note {
  id: string;
  episode: string;
  text: string;
  type?: string;
  date?: string;
}

let names = 0;

/** A name for an episode that no scenario has used, nor an earlier try of the same one. */
export const fresh = (name: string) => `${name}-${Date.now().toString(36)}-${(names += 1)}`;

/** The notes of an invented episode of fixtures/, under another name, so that scenarios do not meet. */
export function fixture(name: string, episode: string): Note[] {
  return readdirSync(join(FIXTURES, name))
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => {
      const [date, type] = file.replace('.txt', '').split('_');
      const text = readFileSync(join(FIXTURES, name, file), 'utf8');
      return { id: `${episode}/${file}`, episode, text, date: date ?? '', type: type?.replaceAll('-', ' ') ?? '' };
    });
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Refusals that scenarios provoke; everything else on the console is a defect, a breach of the CSP too. */
const EXPECTED = /status of (401|409)/;

/** A user at the desk, in a browser window of their own. `faults` collects what must not happen. */
export async function signIn(
  browser: Browser,
  name: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ page: Page; faults: string[] }> {
  // Without motion: a colour measured on its way to another is neither of the two.
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  // Ample, for a machine that has other work.
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(DESK)) faults.push(`asked elsewhere: ${request.url()}`);
  });
  await page.goto(DESK);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Work list' }).waitFor();
  return { page, faults };
}

/** A lead brings notes to the desk through the page, and waits until they are annotated. */
export async function bring(page: Page, notes: Note[]) {
  const episode = notes[0]?.episode ?? '';
  const lines = notes.map((note) => JSON.stringify(note)).join('\n');
  await page.getByLabel('Import notes').setInputFiles({
    name: `${episode}.jsonl`,
    mimeType: 'application/x-ndjson',
    buffer: Buffer.from(lines),
  });
  await said(page, `${notes.length} notes of 1 episodes imported`);
  await page.getByLabel('Search episodes').fill(episode);
  await row(page, episode).getByText('ready').waitFor({ timeout: 240_000 });
}

export const row = (page: Page, episode: string) =>
  page.getByRole('row').filter({ has: page.getByRole('link', { name: episode, exact: true }) });

export async function assign(page: Page, episode: string, coders: string[]) {
  await row(page, episode).getByRole('button', { name: 'Assign' }).click();
  for (const coder of coders) await page.getByRole('checkbox', { name: coder, exact: true }).check();
  await page.getByRole('button', { name: 'Assign', exact: true }).last().click();
  await said(page, `${episode} given to`);
}

export async function open(page: Page, episode: string) {
  await page.goto(`${DESK}/episodes/${encodeURIComponent(episode)}`);
  await opened(page);
}

/** Waits until the notes and the code set of an episode are drawn. */
export async function opened(page: Page) {
  await page.locator('.block').first().waitFor();
  await page.locator('.codes .row').first().waitFor();
}

/** Waits until the page says so. */
export async function said(page: Page, text: string) {
  await page.locator('.said').getByText(text).waitFor();
}

/** A group of the code set. */
export const group = (page: Page, name: 'To review' | 'Accepted' | 'Added' | 'Rejected') =>
  page.locator('.codes .group').filter({ has: page.getByRole('heading', { name }) });

/** The codes of a group, as they stand. */
export const codes = (page: Page, name: Parameters<typeof group>[1]) =>
  group(page, name).locator('.row .line:first-child .code').allTextContents();

/** The words that are shown by the named highlight, one string for each piece. */
export function highlighted(page: Page, name: string): Promise<string[]> {
  return page.evaluate((name) => [...(CSS.highlights.get(name) ?? [])].map(String), name);
}

/** Whether the named highlight lies within the window of the notes. */
export function inView(page: Page, name: string): Promise<boolean> {
  return page.evaluate((name) => {
    const range = [...(CSS.highlights.get(name) ?? [])][0] as Range | undefined;
    const frame = document.getElementById('notes')?.getBoundingClientRect();
    const place = range?.getBoundingClientRect();
    return !!place && !!frame && place.height > 0 && place.top >= frame.top && place.bottom <= frame.bottom;
  }, name);
}

/** Clicks the first of these words in the notes. */
export async function clickWords(page: Page, words: string) {
  await page.locator('.block', { hasText: words }).first().scrollIntoViewIfNeeded();
  const place = await page.evaluate((words) => {
    for (const block of document.querySelectorAll('.block')) {
      const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.textContent?.indexOf(words) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + words.length);
        const box = range.getBoundingClientRect();
        return { x: box.left + Math.min(6, box.width / 2), y: box.top + box.height / 2 };
      }
    }
    return null;
  }, words);
  expect(place, `“${words}” stands in the notes`).not.toBeNull();
  if (place) await page.mouse.click(place.x, place.y);
}
