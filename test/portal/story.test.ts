import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../harness/browser.ts';
import { PASSWORD } from '../harness/confirm.ts';
import { insertOperator, OPERATOR_PASSWORD } from '../harness/rows.ts';
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

const complaints: string[] = [];

/** A browser of its own, with cookies of its own. */
async function openBrowser(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  return page;
}

/** Staff add a portal user in the console. */
async function addPortalUser(staff: Page, name: string, email: string): Promise<void> {
  await staff.getByRole('link', { name: 'Customer Portal Users' }).first().click();
  await staff.getByRole('button', { name: 'Add Portal User' }).click();
  await staff.getByLabel('Name').fill(name);
  await staff.getByLabel('E-mail address').fill(email);
  await staff.getByRole('button', { name: 'Add', exact: true }).click();
  await staff.getByText(`An invitation is on its way to ${email}`).waitFor();
}

/** Follows the invitation's link, chooses a password and signs in with it. */
async function letIn(customer: Page, slug: string, email: string): Promise<void> {
  await customer.goto((await stage.sink.mailTo(email)).link);
  await customer.fill('#password', PASSWORD);
  await customer.fill('#passwordAgain', PASSWORD);
  await customer.getByRole('button', { name: 'Confirm my access' }).click();
  await customer.getByRole('heading', { name: 'You are confirmed' }).waitFor();
  await customer.goto(`${stage.url}/p/${slug}/sign-in`);
  await customer.fill('#email', email);
  await customer.fill('#password', PASSWORD);
  await customer.getByRole('button', { name: 'Sign in' }).click();
  await customer.getByRole('heading', { name: 'My requests' }).waitFor();
}

test('from Add Portal User to a closed request, and nobody else sees any of it', async () => {
  const { slug } = await stage.openPortal();
  const operator = await insertOperator(stage.db.database, slug, 'staff');
  const [staff, jane, john] = [await openBrowser(), await openBrowser(), await openBrowser()];

  await staff.goto(`${stage.url}/console`);
  await staff.getByLabel('E-mail address').fill(operator.email);
  await staff.getByLabel('Password').fill(OPERATOR_PASSWORD);
  await staff.getByRole('button', { name: 'Sign in' }).click();
  await addPortalUser(staff, 'Jane Doe', 'jane@example.com');
  await addPortalUser(staff, 'John Smith', 'john@example.com');
  await letIn(jane, slug, 'jane@example.com');

  await jane.getByRole('link', { name: 'New request' }).first().click();
  await jane.fill('[name=subject]', 'The printer is on fire');
  await jane.fill('[name=description]', 'It burns.\nWhat now?');
  await jane.getByRole('button', { name: 'Send the request' }).click();
  await jane.getByText('Your request #1 was sent.').waitFor();
  const address = jane.url();

  await staff.getByRole('link', { name: 'Requests', exact: true }).click();
  await staff.getByRole('link', { name: 'Open 1' }).click();
  await staff.getByRole('link', { name: 'The printer is on fire' }).click();
  await staff.getByText('It burns.').waitFor();
  await staff.getByLabel('Your reply').fill('Use water.\nNot oil.');
  await staff.getByLabel('Status after it').selectOption('On Hold');
  await staff.getByRole('button', { name: 'Send the reply' }).click();
  await staff.getByText('Jane Doe is told by e-mail').waitFor();

  const answer = await stage.sink.mailTo('jane@example.com', 2);
  expect(answer.subject).toBe('Re: [#1] The printer is on fire');
  expect(answer.text).toContain(`${operator.name} has answered your request #1`);
  expect(answer.text).toContain('> Use water.\n> Not oil.');
  expect(answer.text).toContain(address);
  await jane.goto(/^http\S+\/requests\/\S+$/m.exec(answer.text!)![0]);
  await jane.getByText('Use water.').waitFor();
  await jane.getByText('On hold').waitFor();
  await jane.fill('[name=text]', 'It is out. Thank you!');
  await jane.getByRole('button', { name: 'Send the reply' }).click();
  await jane.getByText('Your reply was sent.').waitFor();

  await staff.reload();
  await staff.getByText('It is out. Thank you!').waitFor();
  await staff.locator('strong', { hasText: 'Open' }).waitFor();
  await staff.getByRole('button', { name: 'Close', exact: true }).click();
  await staff.getByText('The request is Closed now.').waitFor();
  const closing = await stage.sink.mailTo('jane@example.com', 3);
  await staff.getByRole('row', { name: 'now Closed' }).getByText('Sent', { exact: true }).waitFor(); // by itself
  expect(closing.text).toContain('“The printer is on fire”, is closed now.');
  expect([closing.inReplyTo, closing.subject]).toEqual([answer.messageId, answer.subject]);
  await jane.reload();
  await jane.getByText('Closed', { exact: true }).first().waitFor();

  await letIn(john, slug, 'john@example.com');
  expect(await john.content()).not.toContain('printer');
  expect(complaints).toEqual([]);
  expect((await john.goto(address))!.status()).toBe(404);
  expect(await john.content()).not.toContain('printer');
  expect(stage.sink.mails.filter(({ recipients }) => recipients.includes('john@example.com'))).toHaveLength(1);
}, 120_000);
