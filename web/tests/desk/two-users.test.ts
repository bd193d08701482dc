// Two people at one episode: nobody's decision is lost, and double coders do not see each other.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assign, bring, clickWords, codes, DESK, fixture, fresh, group, highlighted, launch, open, row, said, signIn } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

test('the slower of two sees what changed, and makes the decision again', async () => {
  const episode = fresh('shared-stay');
  const lead = await signIn(browser, 'lena');
  await bring(lead.page, fixture('surgical-stay', episode));
  const anna = await signIn(browser, 'anna');
  // Her page has not heard yet of what the other does.
  await anna.page.route(/[?&]after=/, (route) => route.fulfill({ status: 204 }));
  await open(anna.page, episode);
  await open(lead.page, episode);
  const [first, second] = await codes(anna.page, 'Accepted');

  await group(lead.page, 'Accepted').getByRole('button', { name: first ?? '' }).first().click();
  await lead.page.keyboard.press('x');
  await lead.page.keyboard.press('7');
  await said(lead.page, `${first} rejected`);

  await group(anna.page, 'Accepted').getByRole('button', { name: second ?? '' }).first().click();
  await anna.page.keyboard.press('a');
  const dialog = anna.page.getByRole('dialog', { name: 'The review has changed' });
  await dialog.getByText(`rejected ${first}`).waitFor();
  await dialog.getByText(`${second} accepted`).waitFor();
  await expect.poll(() => codes(anna.page, 'Accepted')).not.toContain(first);
  await dialog.getByRole('button', { name: 'Save mine as well' }).click();
  await said(anna.page, `${second} accepted`);

  // Both stand for a third who looks.
  await open(lead.page, episode);
  await expect.poll(() => codes(lead.page, 'Accepted')).not.toContain(first);
  await lead.page.keyboard.press('h');
  const trail = async () => (await lead.page.locator('#panel li').allTextContents()).join('\n');
  await expect.poll(trail).toMatch(new RegExp(`rejected ${first}`));
  await expect.poll(trail).toMatch(new RegExp(`accepted ${second}`));
  expect([...anna.faults, ...lead.faults]).toEqual([]);
});

test('an open episode takes over what another decides, and leaves alone what one is doing', async () => {
  const episode = fresh('followed-stay');
  const lead = await signIn(browser, 'lena');
  await bring(lead.page, fixture('surgical-stay', episode));
  const anna = await signIn(browser, 'anna');
  await open(anna.page, episode);
  await open(lead.page, episode);
  const [first, second, third] = await codes(anna.page, 'Accepted');

  // Anna reads a code and has words selected, with their candidates.
  await group(anna.page, 'Accepted').getByRole('button', { name: second ?? '' }).first().click();
  await clickWords(anna.page, 'hypertension');
  await anna.page.locator('.candidates li').first().waitFor();
  const words = await highlighted(anna.page, 'words');
  const scrolled = () => anna.page.evaluate(() => document.getElementById('notes')?.scrollTop);
  const place = await scrolled();

  await group(lead.page, 'Accepted').getByRole('button', { name: first ?? '' }).first().click();
  await lead.page.keyboard.press('x');
  await lead.page.keyboard.press('7');
  await said(lead.page, `${first} rejected`);
  await said(anna.page, `lena rejected ${first}`);
  await expect.poll(() => codes(anna.page, 'Accepted')).not.toContain(first);
  expect(await highlighted(anna.page, 'words')).toEqual(words);
  expect(await anna.page.locator('.candidates li').count()).toBeGreaterThan(0);
  expect(await scrolled()).toBe(place);

  // While she is asked for a reason nothing moves, and what she then decides is not lost.
  await group(anna.page, 'Accepted').getByRole('button', { name: second ?? '' }).first().click();
  await anna.page.keyboard.press('x');
  await anna.page.getByRole('dialog').waitFor();
  await group(lead.page, 'Accepted').getByRole('button', { name: third ?? '' }).first().click();
  await lead.page.keyboard.press('x');
  await lead.page.keyboard.press('7');
  await said(lead.page, `${third} rejected`);
  await anna.page.waitForTimeout(7_000);
  expect(await codes(anna.page, 'Accepted')).toContain(third);
  await anna.page.keyboard.press('7');
  const dialog = anna.page.getByRole('dialog', { name: 'The review has changed' });
  await dialog.getByText(`rejected ${third}`).waitFor();
  await dialog.getByRole('button', { name: 'Save mine as well' }).click();
  await said(anna.page, `${second} rejected`);
  expect([...anna.faults, ...lead.faults]).toEqual([]);
});

test('a decision that does not reach the server is kept, and made again', async () => {
  const episode = fresh('offline-stay');
  const lead = await signIn(browser, 'lena');
  await bring(lead.page, fixture('rare-disease-child', episode));
  const { page } = await signIn(browser, 'anna');
  await open(page, episode);
  const [code] = await codes(page, 'Accepted');
  await group(page, 'Accepted').getByRole('button', { name: code ?? '' }).first().click();
  await page.context().setOffline(true);
  await page.keyboard.press('a');
  await said(page, 'The server does not answer');
  await page.context().setOffline(false);
  await page.getByRole('button', { name: `Not saved: ${code} accepted` }).click();
  await said(page, `${code} accepted`);
  await expect.poll(() => page.getByRole('button', { name: 'Not saved' }).count()).toBe(0);
});

test('two code apart, the lead compares and adjudicates', async () => {
  const episode = fresh('double-stay');
  const lead = await signIn(browser, 'lena');
  await bring(lead.page, fixture('rare-disease-child', episode));
  await assign(lead.page, episode, ['anna', 'ben']);
  let rejected = '';
  for (const coder of ['anna', 'ben']) {
    const { page, faults } = await signIn(browser, coder);
    await open(page, episode);
    if (coder === 'anna') {
      rejected = (await codes(page, 'Accepted'))[1] ?? '';
      await group(page, 'Accepted').getByRole('button', { name: rejected }).first().click();
      await page.keyboard.press('x');
      await page.keyboard.press('1');
      await said(page, `${rejected} rejected`);
    } else {
      // What the other decided does not show, neither here nor by asking for it.
      await expect.poll(() => codes(page, 'Accepted')).toContain(rejected);
      await expect.poll(() => page.getByLabel('Review').count()).toBe(0);
    }
    await page.keyboard.press('s');
    await page.getByRole('dialog').getByRole('button', { name: 'Sign off' }).click();
    await said(page, 'Signed off');
    expect(faults).toEqual([]);
  }

  await lead.page.goto(DESK);
  await lead.page.getByLabel('Search episodes').fill(episode);
  await row(lead.page, episode).getByRole('link', { name: 'Compare' }).click();
  await lead.page.getByText('kappa').first().waitFor();
  const differing = lead.page.locator('tr.differs');
  await expect.poll(() => differing.count()).toBe(1);
  await expect.poll(() => differing.textContent()).toContain(rejected);
  await lead.page.getByRole('button', { name: 'Adjudicate' }).click();
  await lead.page.locator('.block').first().waitFor();
  const tags = lead.page.locator('.codes li', { hasText: rejected }).first();
  await tags.getByText('anna: no').waitFor();
  await tags.getByText('ben: yes').waitFor();
  expect(lead.faults).toEqual([]);
});
