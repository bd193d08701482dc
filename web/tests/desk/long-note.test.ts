// A note of more than 10,000 words stays smooth. Times are printed; behaviour is asserted.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bring, clickWords, fixture, fresh, highlighted, inView, launch, open, signIn } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

test('scrolling, stepping and selecting in 10,000 words', async () => {
  const episode = fresh('long-stay');
  const parts = ['medical-stay', 'surgical-stay', 'rare-disease-child'].flatMap((name) => fixture(name, episode));
  const once = parts.map((note) => note.text).join('\n\n');
  let text = once;
  while (text.split(/\s+/).length < 10_000) text += `\n\n${once}`;
  const count = text.split(/\s+/).length;

  const lead = await signIn(browser, 'lena');
  await bring(lead.page, [{ id: `${episode}/all`, episode, text, type: 'discharge summary', date: '2024-05-01' }]);
  const { page, faults } = await signIn(browser, 'anna');
  const begun = Date.now();
  await open(page, episode);
  const opened = Date.now() - begun;

  // What is shown is the note, to the last character.
  await expect.poll(() => shown(page)).toBe(text);

  const frames = await scroll(page);
  frames.sort((a, b) => a - b);
  const at = (share: number) => frames[Math.floor(share * (frames.length - 1))] ?? 0;

  await page.locator('.codes .row').first().click();
  const steps: number[] = [];
  for (let step = 0; step < 12; step += 1) {
    steps.push(await timeTo(page, 'n', 'evidence-now'));
    await expect.poll(() => inView(page, 'evidence-now')).toBe(true);
  }
  const picks: number[] = [];
  for (let pick = 0; pick < 12; pick += 1) picks.push(await timeTo(page, ']', 'words'));
  await clickWords(page, 'atrial fibrillation');
  await expect.poll(async () => (await highlighted(page, 'words'))[0]).toMatch(/atrial fibrillation/);
  picks.sort((a, b) => a - b);

  steps.sort((a, b) => a - b);
  console.log(
    `long note: ${count} words, ${await page.locator('.mention').count()} mentions; opened in ${opened} ms; ` +
      `frames while scrolling: median ${at(0.5).toFixed(0)} ms, 95 % ${at(0.95).toFixed(0)} ms, worst ${at(1).toFixed(0)} ms; ` +
      `next evidence in view: median ${steps[6]} ms, worst ${steps.at(-1)} ms; ` +
      `next mention selected: median ${picks[6]} ms, worst ${picks.at(-1)} ms`,
  );
  expect(faults).toEqual([]);
});

const shown = (page: Page) =>
  page.evaluate(() => [...document.querySelectorAll('.block')].map((block) => block.textContent).join(''));

/** Presses a key in the page; milliseconds until another piece is lit under that name and painted within the notes. */
function timeTo(page: Page, key: string, name: string): Promise<number> {
  return page.evaluate(
    ([key, name]) =>
      new Promise<number>((done) => {
        const lit = () => [...(CSS.highlights.get(name) ?? [])][0] as Range | undefined;
        const before = lit();
        const begun = performance.now();
        (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        const turn = () => {
          const [now, frame] = [lit(), document.getElementById('notes')?.getBoundingClientRect()];
          const place = now?.getBoundingClientRect();
          const shown = now !== before && place && frame && place.height > 0 && place.top >= frame.top && place.bottom <= frame.bottom;
          if (shown || performance.now() - begun > 5000) done(Math.round(performance.now() - begun));
          else requestAnimationFrame(turn);
        };
        requestAnimationFrame(turn);
      }),
    [key, name] as const,
  );
}

/** Scrolls from end to end, a third of a window each frame; the time of each frame in milliseconds. */
function scroll(page: Page): Promise<number[]> {
  return page.evaluate(
    () =>
      new Promise<number[]>((done) => {
        const pane = document.getElementById('notes');
        const times: number[] = [];
        let last = performance.now();
        const turn = (now: number) => {
          times.push(now - last);
          last = now;
          if (!pane || pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 2 || times.length > 600) return done(times);
          pane.scrollTop += pane.clientHeight / 3;
          requestAnimationFrame(turn);
        };
        requestAnimationFrame(turn);
      }),
  );
}
