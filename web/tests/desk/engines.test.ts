// What annotates: an admin promotes an engine and rolls back; nobody else may.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bring, DESK, fixture, fresh, launch, said, signIn } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const live = (page: Page) => page.getByRole('listitem').filter({ hasText: 'annotates now' });

/** The engine whose codes an episode has. */
const engineOf = (page: Page, episode: string) =>
  page.evaluate(async (episode) => {
    const answer = await fetch(`/api/v1/episodes/${episode}`);
    const { engine } = (await answer.json()) as { engine: { id: string } };
    return engine.id;
  }, episode);

test('what an admin promotes annotates from then on, until the one before is promoted again', async () => {
  const { page: admin, faults } = await signIn(browser, 'ada');
  const lead = await signIn(browser, 'lena');
  const before = fresh('before-promoting');
  await bring(lead.page, fixture('rare-disease-child', before));
  const first = await engineOf(lead.page, before);

  await admin.goto(`${DESK}/engines`);
  await live(admin).getByRole('heading', { name: first }).waitFor();
  const others = admin.getByRole('button', { name: 'Make it live' });
  const second = ((await others.first().textContent()) ?? '').replace(/.*: /, '').trim();
  expect(second).not.toBe(first);
  await others.first().click();
  await said(admin, `Engine ${second} annotates from now on`);
  await live(admin).getByRole('heading', { name: second }).waitFor();
  await expect.poll(() => live(admin).count()).toBe(1);

  const after = fresh('after-promoting');
  await bring(lead.page, fixture('rare-disease-child', after));
  expect(await engineOf(lead.page, after)).toBe(second);
  expect(await engineOf(lead.page, before), 'what was annotated stays as it was').toBe(first);

  // A lead sees what annotates, and may not change it.
  await lead.page.goto(`${DESK}/engines`);
  await live(lead.page).getByRole('heading', { name: second }).waitFor();
  expect(await lead.page.getByRole('button', { name: 'Make it live' }).count()).toBe(0);

  await admin.getByRole('button', { name: new RegExp(`Make it live.*${first}`) }).click();
  await said(admin, `Engine ${first} annotates from now on`);
  await live(admin).getByRole('heading', { name: first }).waitFor();
  expect([...faults, ...lead.faults]).toEqual([]);
});
