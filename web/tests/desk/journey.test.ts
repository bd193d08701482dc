// A coder's whole day with one episode, from import to a corrected sign-off.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assign, bring, clickWords, codes, fixture, fresh, group, highlighted, inView, launch, open, opened, said, signIn } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

test('import, assign, review, correct, teach, sign off, reopen', async () => {
  const episode = fresh('journey-stay');
  const lead = await signIn(browser, 'lena');
  await bring(lead.page, fixture('medical-stay', episode));
  await assign(lead.page, episode, ['anna']);

  const { page, faults } = await signIn(browser, 'anna');
  await page.getByLabel('Assigned').selectOption('me');
  await page.getByRole('link', { name: episode }).click();
  await opened(page);
  const proposed = await codes(page, 'Accepted');
  expect(proposed.length).toBeGreaterThan(3);

  // Click a code: all its evidence is lit, and stepping goes through all notes.
  const copd = group(page, 'Accepted').getByRole('button', { name: 'J44.9' }).first();
  await copd.click();
  await expect.poll(() => highlighted(page, 'evidence')).toContain('COPD');
  const pieces = await highlighted(page, 'evidence');
  const seen = new Set<string>();
  for (let step = 0; step < pieces.length; step += 1) {
    await expect.poll(() => inView(page, 'evidence-now')).toBe(true);
    seen.add((await page.locator('.evidence [aria-current] .where').textContent()) ?? '');
    await page.keyboard.press('n');
  }
  expect(seen.size).toBeGreaterThan(2);

  // Accept, reject with a reason, undo.
  await page.keyboard.press('a');
  await said(page, 'J44.9 accepted');
  const second = (await codes(page, 'Accepted'))[2] ?? '';
  await group(page, 'Accepted').getByRole('button', { name: second }).first().click();
  await page.getByRole('button', { name: 'Reject…' }).click();
  await page.getByLabel('Note (optional').fill('not treated in this stay');
  await page.getByRole('button', { name: 'the words do not support it' }).click();
  await said(page, `${second} rejected`);
  await expect.poll(() => codes(page, 'Accepted')).not.toContain(second);
  await page.getByRole('button', { name: 'Undo' }).click();
  await said(page, 'Undone');
  await expect.poll(() => codes(page, 'Accepted')).toContain(second);

  // Replace by a search of the vocabulary, which shows where the code stands.
  await group(page, 'Accepted').getByRole('button', { name: 'J44.9' }).first().click();
  await page.getByRole('button', { name: 'Replace…' }).click();
  const search = page.getByRole('combobox', { name: 'Code, title or synonym' });
  await search.fill('J44.1');
  await page.getByRole('option', { name: 'J44.1' }).first().waitFor();
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.getByRole('heading', { name: 'Hierarchy' }).count()).toBe(1);
  await search.press('Enter');
  await said(page, 'J44.9 replaced by J44.1');
  await expect.poll(() => codes(page, 'Added')).toEqual(['J44.1']);
  await expect.poll(() => codes(page, 'Accepted')).not.toContain('J44.9');

  // Click words: their candidates. Select words: a code of their own.
  await clickWords(page, 'hypertension');
  await expect.poll(() => page.locator('.candidates li').count()).toBeGreaterThan(0);
  await clickWords(page, 'lives alone');
  await page.keyboard.press('Escape');
  await clickWords(page, 'Widowed');
  await page.keyboard.press('/');
  await search.fill('Z63.4');
  await page.getByRole('option', { name: 'Z63.4' }).first().waitFor();
  await search.press('Enter');
  await said(page, 'Z63.4 added');
  await expect.poll(() => codes(page, 'Added')).toContain('Z63.4');
  await expect.poll(() => highlighted(page, 'evidence')).toEqual(['Widowed']);

  // Context: what is negated is no longer coded.
  await clickWords(page, 'Hypothyroidism');
  await page.getByRole('button', { name: 'negated', exact: true }).click();
  await said(page, 'Context changed to negated');
  await expect.poll(() => page.getByText('changed', { exact: true }).count()).toBeGreaterThan(0);

  // Teach, comment, mark the principal diagnosis.
  await page.keyboard.press('Escape');
  await clickWords(page, 'Persistent AF');
  await page.keyboard.press('t');
  await page.getByLabel('Of the code (search)').fill('persistent atrial fibrillation');
  await page.getByRole('radio', { name: 'I48.19' }).check();
  await page.getByRole('button', { name: 'Teach', exact: true }).click();
  await said(page, 'taught as a synonym of I48.19');
  await page.keyboard.press('i');
  await page.getByLabel('New comment').fill('Ask about the <b>heart failure</b> type');
  await page.getByRole('button', { name: 'Save' }).click();
  await said(page, 'Comment saved');
  await page.getByText('Ask about the <b>heart failure</b> type').waitFor();
  await group(page, 'Accepted').getByRole('button', { name: 'J96.01' }).first().click();
  await page.locator('#panel').getByText('J96.01').first().waitFor();
  if ((await page.getByRole('button', { name: 'Not principal' }).count()) === 0) await page.keyboard.press('m');
  await group(page, 'Accepted').getByRole('img', { name: 'principal diagnosis' }).waitFor();

  // Sign off; what is signed stays; a correction is a new version.
  await page.keyboard.press('s');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign off' }).click();
  await said(page, 'Signed off');
  await page.getByText('signed off', { exact: true }).waitFor();
  await page.keyboard.press('a');
  await said(page, 'This review is signed off');
  await page.getByRole('button', { name: 'Reopen…' }).click();
  await page.getByLabel('Reason').fill('late pathology report');
  await page.getByRole('button', { name: 'Reopen', exact: true }).click();
  await said(page, 'Version 2 is open');
  await expect.poll(() => codes(page, 'Added')).toContain('Z63.4');

  // The trail has it all, newest first.
  await page.keyboard.press('h');
  const trail = page.locator('#panel li .says');
  await expect.poll(async () => (await trail.allTextContents()).join('\n')).toMatch(/late pathology report/);

  // A page that is loaded anew shows the same.
  await open(page, episode);
  await expect.poll(() => codes(page, 'Added')).toContain('Z63.4');
  expect(faults).toEqual([]);
  expect(lead.faults).toEqual([]);
});
