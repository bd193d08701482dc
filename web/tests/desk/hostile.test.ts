// A note, a type and a name that hold markup, script or SQL are only text.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bring, clickWords, DESK, fresh, highlighted, launch, open, signIn } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const ATTACK = `<script>window.pwned=1</script><img src=x onerror="window.pwned=1"><svg onload="window.pwned=1">`;
const TEXT =
  `\uFEFFHPI\r\n${ATTACK}\r\n'; DROP TABLE episodes; -- {{7*7}} \${7*7} &lt;b&gt; <b>bold</b>\r\n` +
  'Known hypertension 😀 and e\u0301tat fébrile. 👩‍⚕️ Has pneumonia.\r\njavascript:alert(1) \u202Egnp.exe\r\n';

test('it is shown as it stands, and nothing of it runs', async () => {
  const episode = fresh(`hostile <b>&'"; DROP/`);
  const lead = await signIn(browser, 'lena');
  const note = { id: `<img src=x onerror=window.pwned=1>`, episode, text: TEXT, type: '<i>note</i>', date: '<u>today</u>' };
  await bring(lead.page, [note]);
  const { page, faults } = await signIn(browser, 'anna');
  await open(page, episode);
  const shown = () => [...document.querySelectorAll('.block')].map((one) => one.textContent).join('');
  await expect.poll(() => page.evaluate(shown)).toBe(TEXT);
  await expect.poll(() => page.locator('#notes script, #notes img, #notes svg[onload], #notes .block u').count()).toBe(0);
  await page.getByRole('heading', { name: '<i>note</i>' }).waitFor();

  // Offsets hold after a BOM, CRLF, emoji and combining marks.
  await clickWords(page, 'pneumonia');
  await expect.poll(() => highlighted(page, 'words')).toEqual(['pneumonia']);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => highlighted(page, 'words')).toEqual(['Has']);
  await expect.poll(() => page.locator('#panel .words').textContent()).toBe('“Has”');

  // A comment is text as well.
  await page.keyboard.press('i');
  await page.getByLabel('New comment').fill(ATTACK);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('#panel').getByText(ATTACK).waitFor();

  await expect.poll(() => page.evaluate(() => 'pwned' in window)).toBe(false);
  expect(faults).toEqual([]);
  expect(lead.faults).toEqual([]);
});

test('the page forbids inline script, and other sites', async () => {
  const answer = await fetch(DESK);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(policy).toMatch(/style-src 'self'(;|$)/);
  expect(policy).toMatch(/frame-ancestors 'none'/);
  expect(await answer.text()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|style=/);
});
