// The MS-DRG at a desk for bills: it follows every decision, and says which code carries it.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assign, bring, group, launch, said, signIn } from './desk';

const EPISODE = 'drg-stay';
const TEXT = `DISCHARGE SUMMARY

Discharge Diagnoses:
1. Acute on chronic systolic heart failure.
2. Acute hypoxic respiratory failure.
3. Hyponatremia.
`;
let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

test('the DRG follows the codes that stand', async () => {
  const lead = await signIn(browser, 'lena');
  await bring(lead.page, [{ id: `${EPISODE}/d`, episode: EPISODE, text: TEXT, type: 'discharge summary', date: '2024-11-17' }]);
  await assign(lead.page, EPISODE, ['anna']);

  const { page, faults } = await signIn(browser, 'anna');
  await page.getByLabel('Assigned').selectOption('me');
  await page.getByRole('link', { name: EPISODE }).click();
  await page.locator('.block').first().waitFor();

  // With its respiratory failure the heart failure is 291, and J96.01 alone carries that.
  const button = page.getByRole('button', { name: /^DRG/ });
  await expect.poll(() => button.textContent()).toMatch(/DRG 291 · with MCC · weight \d/);
  await group(page, 'Accepted').getByRole('button', { name: /J96\.01.*MCC alone/s }).first().waitFor();
  await page.keyboard.press('g');
  const panel = page.getByRole('region', { name: 'DRG' });
  await panel.getByText(/alone carries MCC: without it 292/).waitFor();
  expect(await panel.textContent()).toMatch(/MS-DRG 291 HEART FAILURE.*an estimate/s);

  // Rejected, it no longer does; undone, it does again.
  await panel.getByRole('button', { name: 'J96.01' }).click();
  await page.keyboard.press('x');
  await page.getByRole('button', { name: 'the words do not support it' }).click();
  await said(page, 'J96.01 rejected');
  await expect.poll(() => button.textContent()).toMatch(/DRG 292 · with CC/);
  await panel.getByText(/alone carries CC: without it 293/).waitFor();
  await page.keyboard.press('u');
  await said(page, 'Undone');
  await expect.poll(() => button.textContent()).toMatch(/DRG 291/);

  // Whoever signs off sees it.
  await page.keyboard.press('s');
  await page.getByRole('dialog').getByText(/DRG 291 .*carried by J96\.01/).waitFor();
  expect(faults).toEqual([]);
});
