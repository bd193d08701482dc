// The whole of a review without a mouse.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bring, codes, fixture, fresh, highlighted, launch, opened, said, signIn } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

test('keys alone open, decide, add, teach and sign off', async () => {
  const episode = fresh('keys-stay');
  const lead = await signIn(browser, 'lena');
  await bring(lead.page, fixture('medical-stay', episode));
  const { page, faults } = await signIn(browser, 'anna');
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };

  // The list: search, take, open.
  await press('/');
  await page.keyboard.type(episode);
  await page.getByRole('link', { name: episode }).waitFor();
  await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  await press('Tab', 'Tab', 'Tab', 'Tab', 'Enter');
  await opened(page);

  // The codes.
  await press('v', 'a');
  await said(page, 'accepted');
  await press('v', 'x');
  await page.getByRole('dialog', { name: 'Reject' }).waitFor();
  await press('2');
  await said(page, 'rejected');
  await press('u');
  await said(page, 'Undone');
  await press('2', 'ArrowDown');
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-current'))).toBe('true');

  // The notes: words, more words, a code for them.
  await press('1');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('notes');
  await press(']');
  await expect.poll(async () => (await highlighted(page, 'words')).length).toBe(1);
  await press('Escape', 'ArrowRight', 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowLeft');
  const count = async () => (await highlighted(page, 'words'))[0]?.match(/[\p{L}\d]+/gu)?.length;
  await expect.poll(count).toBe(2);
  const words = (await highlighted(page, 'words'))[0];
  await press('/');
  const search = page.getByRole('combobox', { name: 'Code, title or synonym' });
  await search.waitFor();
  await expect.poll(() => search.inputValue()).toBe(words);
  await page.keyboard.type('Z99.81');
  await page.getByRole('option', { name: 'Z99.81' }).first().waitFor();
  await press('Enter');
  await said(page, 'Z99.81 added');
  await expect.poll(() => codes(page, 'Added')).toEqual(['Z99.81']);

  // The focus comes back to where it was, and Escape closes what is open.
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('notes');
  await press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  // Panes in turn.
  await press('F6', 'F6');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('panel');
  await press('F6');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('notes');

  await press('s');
  await page.getByRole('dialog', { name: 'Sign off' }).waitFor();
  await press('Enter');
  await said(page, 'Signed off');
  expect(faults).toEqual([]);
});

test('single letters can be turned off', async () => {
  const { page } = await signIn(browser, 'anna');
  await page.getByRole('button', { name: /^Keys/ }).click();
  await page.getByRole('checkbox', { name: 'Single letters' }).uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
});
