// What the tests of the demo share: browsers that are logged in to it, checks, screenshots.
import { readFile } from 'node:fs/promises';
import { launch } from './browser.mjs';

const axe = await readFile(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const browsers = [];
const faults = [];
export const checks = [];

export const DESK = { viewport: { width: 1400, height: 900 } };
export const PHONE = { viewport: { width: 360, height: 740 } };

/** A browser process of its own. */
export async function browserOf(name, look = DESK) {
  const browser = await launch();
  browsers.push(browser);
  const context = await browser.newContext(look);
  // A break that a test makes is no fault of the page.
  context.on('page', (page) => {
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => faults.push(`${name}: ${error.message}`));
    page.on('console', (line) => line.type() === 'error' && faults.push(`${name}: ${line.text()}`));
  });
  return context;
}

/** A tab of it, logged in and connected. */
export async function enter(context, url, name, path) {
  const page = await context.newPage();
  await page.goto(`${url}/#/${path}`);
  await page.fill('#name', name);
  await page.click('[data-testid=login]');
  await connected(page);
  return page;
}

export const connected = (page) => page.waitForSelector('header [data-testid=state][data-state=connected]');

export const text = (page, name) => page.textContent(`[data-testid=${name}]`);

export function check(what, holds, found) {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(found)}`);
  checks.push(what);
}

/** Waits until the function, which runs in the page, says yes. */
export async function until(what, page, condition, argument) {
  await page.waitForFunction(condition, argument).catch(async (error) => {
    const shown = await page.evaluate(() => document.querySelector('main')?.innerText ?? '');
    throw new Error(`${what}: ${error.message.split('\n')[0]}; shown is ${shown.slice(0, 1500)}`);
  });
  checks.push(what);
}

/** Whether a line with this text is in the list of that name. */
export const shows = (what, page, list, line) =>
  until(what, page, ([list, line]) => document.querySelector(`[data-testid=${list}]`)?.textContent.includes(line), [list, line]);

/**
 * No width that has to be scrolled, and labels, roles and contrast by the rules of axe, on a desk and a phone; with
 * screenshots in light and dark.
 */
export async function looksGood(page, name, folder) {
  for (const [size, { viewport }] of Object.entries({ desk: DESK, phone: PHONE })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(() => scrollTo(0, 0));
      if (folder) await page.screenshot({ path: `${folder}/demo-${name}-${size}-${colorScheme}.png`, fullPage: true });
      if ((size === 'desk') === (colorScheme === 'dark')) continue;
      await page.evaluate(`if (!window.axe) { ${axe} }`);
      const { violations } = await page.evaluate(() => axe.run());
      const found = violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html, any }) => [html.slice(0, 150), any[0]?.message])]);
      check(`${name} is accessible on a ${size} in the ${colorScheme}`, found.length === 0, found);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      check(`${name} fits on a ${size}`, wide <= 0, wide);
      const seen = await page.evaluate(() => {
        scrollTo(0, document.documentElement.scrollHeight);
        const { top, bottom } = document.querySelector('header [data-testid=state]').getBoundingClientRect();
        return [scrollY, top, bottom, innerHeight];
      });
      check(`the state is seen at the end of ${name} on a ${size}`, seen[1] >= 0 && seen[2] <= seen[3], seen);
    }
  }
  const source = (await text(page, 'source')).split('\n').filter((line) => line.trim() !== '');
  const whole = await readFile(new URL(`../../demo/src/${name}/realtime.ts`, import.meta.url), 'utf8');
  const plain = (line) => line.replaceAll('\u00a0', ' ');
  check(`${name} shows what makes it work, in some twenty lines`, source.length >= 15 && source.length <= 25, source.length);
  check('as it was built', whole.includes(source.map(plain).slice(0, 3).join('\n')), source.slice(0, 3));
  await page.setViewportSize(DESK.viewport);
}

/** Runs a test and prints one line of JSON with what came of it; exits 1 if a check failed. */
export async function run(test) {
  let outcome;
  try {
    const found = await test();
    check('no page reported an error', faults.length === 0, faults);
    outcome = { ok: true, checks, ...found };
  } catch (failure) {
    outcome = { ok: false, reason: failure.message, faults, checks };
  } finally {
    for (const browser of browsers) await browser.close();
  }
  console.log(JSON.stringify(outcome));
  process.exit(outcome.ok ? 0 : 1);
}
