import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../harness/browser.ts';
import { eventually } from '../harness/eventually.ts';
import { findViolations } from '../harness/find-violations.ts';
import { openSettings } from '../harness/open-settings.ts';
import { PNG } from '../harness/pictures.ts';
import { OPERATOR_PASSWORD } from '../harness/rows.ts';
import { type Stage, setStage } from '../harness/stage.ts';

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  [stage, browser] = await Promise.all([setStage(), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await stage.close();
});

async function signIn(opened: Awaited<ReturnType<typeof openSettings>>): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`${stage.url}${opened.path.replace('/settings', '/contacts')}`);
  await page.fill('#email, [name=email]', opened.operator.email);
  await page.fill('[name=password]', OPERATOR_PASSWORD);
  await page.click('main button');
  await page.waitForURL('**/contacts');
  return page;
}

/** The colour of the button in the preview's invitation, as it is painted. */
async function buttonColor(page: Page): Promise<string | undefined> {
  const frame = await (await page.$('iframe[title="The invitation"]'))?.contentFrame();
  const style = await frame?.getAttribute('a', 'style').catch(() => undefined);
  return /background:(#\w+)/.exec(style ?? '')?.[1];
}

test('an owner changes the colour, sees it in the e-mails, saves it and is sent a test', async () => {
  const opened = await openSettings(stage);
  const page = await signIn(opened);
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(stage.url + opened.path);
  await eventually(async () => (await buttonColor(page)) === '#1f5eff', 'the preview');

  await page.fill('#name', 'Typed <name>');
  await page.fill('#color', '#00aa55');
  await page.dispatchEvent('#color', 'change');
  await eventually(async () => (await buttonColor(page)) === '#00aa55', 'the preview of what is typed');
  expect(await page.textContent('#previews dd')).toBe('Your access to Typed <name>');
  await page.selectOption('#previewLanguage', 'de');
  await eventually(
    async () => (await page.textContent('#previews dd'))?.startsWith('Ihr Zugang'),
    'the preview in German',
  );
  await page.click('text="Preview"');
  await page.waitForLoadState('networkidle');
  expect(page.url()).toBe(stage.url + opened.path);
  expect(await page.inputValue('#color')).toBe('#00aa55');
  expect((await opened.portal()).color).toBe('#1f5eff');

  await page.click('text="Save"');
  await page.waitForSelector('text=Saved.');
  expect(await opened.portal()).toMatchObject({ color: '#00aa55', name: 'Typed <name>' });

  await page.selectOption('#test-language', 'de');
  await page.click('text="Send me a test"');
  await page.waitForSelector(`#test-answer >> text=Sent to ${opened.operator.email}`);
  const mail = await stage.sink.mailTo(opened.operator.email);
  expect(mail.subject).toBe('[Test] Ihr Zugang zu Typed <name>');
  expect(mail.html).toContain('background:#00aa55');
  expect(errors).toEqual([]);
  await page.close();
});

test('the logo is uploaded and shown, also within the frames of the e-mails', async () => {
  const opened = await openSettings(stage);
  const page = await signIn(opened);
  await page.goto(`${stage.url}${opened.path}/logo`);
  await page.setInputFiles('#logo', { name: 'logo.png', mimeType: 'image/png', buffer: PNG });
  await page.click('text="Use this logo"');
  await page.waitForSelector('img.logo');
  const shown: string[] = [];
  page.on('requestfinished', (request) => shown.push(request.url()));
  await page.goto(`${stage.url}${opened.path}/emails`); // where only the frames show it
  const address = `${stage.url}/p/${opened.slug}/logo?v=${(await opened.portal()).logoVersion}`;
  await eventually(() => shown.filter((url) => url === address).length === 2, 'the logo in both frames');
  await page.close();
});

test.each(['light', 'dark'] as const)(
  'the pages of the settings fit a small screen in the %s scheme',
  async (colorScheme) => {
    const opened = await openSettings(stage, {
      name: `<b>${'n'.repeat(190)}`,
      afterConfirmingUrls: [`https://a.example/${'x'.repeat(900)}`],
    });
    const page = await signIn(opened);
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 800 });
    for (const path of ['', '/emails', '/api-keys']) {
      await page.goto(stage.url + opened.path + path);
      expect(await findViolations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    }
    await page.close();
  },
);
