import type { Browser, Page } from 'playwright-core';

/** Enough for every page around a mailed link; more would mean that the robot goes round in circles. */
const MOST_PAGES = 60;
/** How many forms in a row it sends when an answer has a form again. */
const FORMS_IN_A_ROW = 2;

/** What it types into the empty fields of a form. */
const WAYS_TO_TYPE: Record<string, (type: string, n: number) => string | undefined> = {
  'nothing in empty fields': () => undefined,
  'the same in each field': (type) => (type === 'email' ? 'robot@scanner.example' : 'Robot1234'),
  'something else in each field': (type, n) =>
    type === 'email' ? `robot.${n}@scanner.example` : `${n} blue robots scan slowly`,
};

/** What a robot did. */
export interface Visits {
  /** Paths of the pages that it opened. */
  pages: Set<string>;
  /** Paths that it sent forms to. */
  forms: Set<string>;
}

/**
 * What a mail scanner's browser does, and more: opens the addresses, follows every link on this origin, and sends every form
 * in several ways, past the browser's own validation. It types no password that is good and the same twice, since nothing tells
 * such a robot from a person.
 */
export async function letRobotLoose(browser: Browser, starts: string[]): Promise<Visits> {
  const { origin } = new URL(starts[0]!);
  const visits: Visits = { pages: new Set(), forms: new Set() };
  const context = await browser.newContext();
  await context.route(
    (url) => url.origin !== origin,
    (route) => route.fulfill({ status: 204 }), // the page stays
  );
  const page = await context.newPage();
  page.on('request', (request) => {
    if (request.method() === 'POST') visits.forms.add(new URL(request.url()).pathname);
  });

  const waiting = [...starts];
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    const { href, pathname } = new URL(address);
    if (new URL(href).origin !== origin || visits.pages.has(pathname)) continue;
    if (visits.pages.size === MOST_PAGES) throw new Error(`The robot found more than ${MOST_PAGES} pages`);
    visits.pages.add(pathname);
    await page.goto(href);
    // A refresh that is under way would abort the next visit.
    if ((await page.locator('meta[http-equiv=refresh]').count()) > 0) await page.waitForLoadState('networkidle');
    waiting.push(...(await linksOf(page)));
    const forms = await page.locator('form').count();
    for (let form = 0; form < forms; form += 1) {
      for (const type of Object.values(WAYS_TO_TYPE)) {
        await page.goto(href);
        for (let n = 0; n < FORMS_IN_A_ROW && (await page.locator('form').count()) > form; n += 1) {
          await send(page, form, type);
          waiting.push(...(await linksOf(page)));
        }
      }
    }
  }
  await context.close();
  return visits;
}

function linksOf(page: Page): Promise<string[]> {
  return page.evaluate('[...document.querySelectorAll("a[href]")].map((link) => link.href)');
}

async function send(page: Page, n: number, type: (type: string, field: number) => string | undefined): Promise<void> {
  const form = page.locator('form').nth(n);
  await page.evaluate(`document.forms[${n}].noValidate = true`);
  const fields = await form.locator('input:not([type=hidden]):not([readonly])').all();
  for (const [field, input] of fields.entries()) {
    const typed = type((await input.getAttribute('type')) ?? 'text', field);
    if (typed !== undefined && (await input.inputValue()) === '') await input.fill(typed);
  }
  const answered = page.waitForEvent('framenavigated');
  await form.locator('button').first().click();
  await answered;
  await page.waitForLoadState();
}
