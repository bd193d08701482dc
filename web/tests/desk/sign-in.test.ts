// Signing in by the site's own accounts. The provider itself is tried in crates/server/tests.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESK, launch } from './desk';

let browser: Browser;
beforeAll(async () => (browser = await launch()));
afterAll(() => browser.close());

const OFFER = 'Sign in with your organisation’s account';

test('the site’s accounts are offered only where there are any', async () => {
  const page = await browser.newPage();
  await page.goto(DESK);
  await page.getByLabel('Password').waitFor();
  expect(await page.getByRole('link', { name: OFFER }).count()).toBe(0);

  const body = { error: 'sign in first', kind: 'unauthorized', oidc: true };
  await page.route('**/api/v1/session', (route) => route.fulfill({ status: 401, json: body }));
  await page.goto(DESK);
  await page.getByRole('link', { name: OFFER }).waitFor();
  await page.getByLabel('Password').waitFor();
  let asked = '';
  await page.route('**/api/v1/oidc/login', (route) => {
    asked = route.request().url();
    return route.fulfill({ status: 200, body: 'the provider' });
  });
  await page.getByRole('link', { name: OFFER }).click();
  await page.getByText('the provider').waitFor();
  expect(asked).toBe(`${DESK}/api/v1/oidc/login`);
});

test.each([
  ['role', 'no role at this review desk'],
  ['expired', 'begin again'],
  ['<b>made up</b>', 'did not succeed'],
])('who is refused (%s) reads why, once', async (why, words) => {
  const page = await browser.newPage();
  await page.goto(`${DESK}/?refused=${encodeURIComponent(why)}`);
  await page.getByText(words).waitFor();
  expect(page.url()).toBe(`${DESK}/`);
  await page.reload();
  await page.getByLabel('Password').waitFor();
  expect(await page.getByText(words).count()).toBe(0);
});
