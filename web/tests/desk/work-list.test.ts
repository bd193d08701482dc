// The list and who may do what: import of files, taking an episode, users and their roles.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bring, DESK, fixture, fresh, launch, row, said, signIn } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

test('text files become an episode as they stand; a faulty line is named', async () => {
  const { page, faults } = await signIn(browser, 'lena');
  const text = '\uFEFFHPI\r\nKnown hypertension.\r\n';
  const type = fresh('admission-note');
  const files = page.getByLabel('Import notes');
  await files.setInputFiles([
    { name: `2024-05-01_${type}.txt`, mimeType: 'text/plain', buffer: Buffer.from(text) },
    { name: '2024-05-02_progress-note.txt', mimeType: 'text/plain', buffer: Buffer.from('No fever.') },
  ]);
  await said(page, '2 notes of 1 episodes imported');
  const episode = `2024-05-01_${type}`;
  await page.getByLabel('Search episodes').fill(episode);
  await row(page, episode).getByText('ready').waitFor();
  await page.getByRole('link', { name: episode }).click();
  await page.locator('.block').first().waitFor();
  const shown = () =>
    [...document.querySelectorAll('[data-note]')].map((note) =>
      [...note.querySelectorAll('.block')].map((block) => block.textContent).join(''),
    );
  await expect.poll(() => page.evaluate(shown)).toEqual([text, 'No fever.']);
  await page.getByRole('heading', { name: type.replaceAll('-', ' ') }).waitFor();

  await page.goto(DESK);
  const lines = '{"id":"ok","episode":"one-fault","text":"No fever."}\n{"id":"bad"}\n';
  await files.setInputFiles({ name: 'x.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(lines) });
  await page.getByText('Line 2: field "text" is missing').waitFor();
  await files.setInputFiles({ name: 'x.txt', mimeType: 'text/plain', buffer: Buffer.from([0xff, 0xfe, 0x41]) });
  await said(page, 'x.txt is not UTF-8 text.');
  expect(faults).toEqual([]);
});

test('a coder takes what nobody has, and sees no lead’s work', async () => {
  const episode = fresh('free-stay');
  const lead = await signIn(browser, 'lena');
  await bring(lead.page, fixture('rare-disease-child', episode));
  const { page, faults } = await signIn(browser, 'ben');
  await page.getByLabel('Search episodes').fill(episode);
  await row(page, episode).getByRole('button', { name: 'Take' }).click();
  await said(page, `${episode} is yours`);
  await page.getByLabel('Assigned').selectOption('me');
  await row(page, episode).waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Assign' }).count()).toBe(0);
  await expect.poll(() => page.getByLabel('Import notes').count()).toBe(0);
  await page.goto(`${DESK}/users`);
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();

  // What is taken is out of the others' lists.
  const other = await signIn(browser, 'anna');
  await other.page.getByLabel('Search episodes').fill(episode);
  await other.page.getByText('No episode fits').waitFor();
  expect([...faults, ...other.faults]).toEqual([]);
});

test('an admin adds a user, who signs in until the account is closed', async () => {
  const { page } = await signIn(browser, 'ada');
  const name = `dora${Date.now()}`;
  await page.getByRole('link', { name: 'Users' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('First password').fill('a password for tests');
  await page.getByRole('button', { name: 'Add' }).click();
  await said(page, `${name} added`);
  const dora = await signIn(browser, name);
  await page.getByRole('button', { name: `Close ${name}` }).click();
  await said(page, `${name} closed`);
  // The session ends with the account.
  await dora.page.getByLabel('State').selectOption('ready');
  await dora.page.getByText('Your session has ended').waitFor();
  await dora.page.getByLabel('Name').fill(name);
  await dora.page.getByLabel('Password').fill('a password for tests');
  await dora.page.keyboard.press('Enter');
  await expect.poll(() => dora.page.getByRole('alert').textContent()).not.toBe('');
});
