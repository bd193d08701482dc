// Every view by axe's rules for WCAG 2.2 A and AA, light and dark, and at 200 % zoom.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bring, clickWords, DESK, fixture, fresh, group, launch, open, signIn } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function check(page: Page, view: string) {
  // By the debugger, which the content security policy does not hold for.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    interface Axe {
      run(options: unknown): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
    }
    const { axe } = window as unknown as { axe: Axe };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags } });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
    );
  });
  expect(found, view).toEqual([]);
}

test.each(['light', 'dark'] as const)('every view, %s', async (colorScheme) => {
  const episode = fresh(`access-${colorScheme}`);
  const { page } = await signIn(browser, 'lena', colorScheme);
  await bring(page, fixture('medical-stay', episode));
  await check(page, 'work list');
  await open(page, episode);
  await page.keyboard.press('e');
  await page.keyboard.press('g');
  await page.getByRole('region', { name: 'DRG' }).waitFor();
  await check(page, 'episode');
  await clickWords(page, 'hypertension');
  await page.locator('.candidates li').first().waitFor();
  await page.getByRole('button', { name: 'Why' }).first().click();
  await check(page, 'words');
  await page.keyboard.press('t');
  await check(page, 'teach');
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.locator('#found [role=option]').first().waitFor();
  await check(page, 'search');
  await page.keyboard.press('Escape');
  await group(page, 'Accepted').locator('.row').first().click();
  await page.keyboard.press('x');
  await check(page, 'reject');
  await page.keyboard.press('7');
  await page.keyboard.press('h');
  await page.locator('#panel li .says').first().waitFor();
  await check(page, 'history');
  await page.keyboard.press('i');
  await check(page, 'comments');
  await page.keyboard.press('s');
  await check(page, 'sign off');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await check(page, 'keys');
  await page.keyboard.press('Escape');

  const admin = await signIn(browser, 'ada', colorScheme);
  for (const [path, heading] of [['users', 'Users'], ['engines', 'Engines'], [`episodes/${episode}/compare`, 'compared']] as const) {
    await admin.page.goto(`${DESK}/${path}`);
    await admin.page.getByRole('heading', { name: heading }).waitFor();
    await check(admin.page, path);
  }
  await admin.page.getByRole('button', { name: 'Sign out' }).click();
  await admin.page.getByLabel('Password').waitFor();
  await check(admin.page, 'sign in');
});

test('at 200 % zoom nothing is cut off, and everything can be reached', async () => {
  const lead = await signIn(browser, 'lena');
  const episode = fresh('access-zoom');
  await bring(lead.page, fixture('medical-stay', episode));
  // 1280 x 1024 at 200 %.
  await lead.page.setViewportSize({ width: 640, height: 512 });
  await open(lead.page, episode);
  const overhang = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  await expect.poll(() => lead.page.evaluate(overhang)).toBe(0);
  await group(lead.page, 'Accepted').locator('.row').first().click();
  await lead.page.getByRole('button', { name: 'Accept a' }).click();
  await check(lead.page, 'episode at 200 %');
});
