import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { copyMailboxPage } from '../../embedded/mailbox.ts';
import { newFolder } from '../harness/embedded-processes.ts';

/** A page as MailDev ships it: an `assets` folder with this script. */
function pageWith(script: string): string {
  const folder = newFolder();
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'assets', 'index.js'), script);
  return folder;
}

test('the page of the installed mailbox opens the links of a mail in a new tab', async () => {
  await copyMailboxPage(newFolder());
});

test('the page is changed where it frames a mail, also the second time', async () => {
  const [original, copy] = [pageWith('frame({sandbox:"allow-same-origin"})'), newFolder()];
  await copyMailboxPage(copy, original);
  await copyMailboxPage(copy, original);
  const script = readFileSync(join(copy, 'assets', 'index.js'), 'utf8');
  expect(script).toBe('frame({sandbox:"allow-same-origin allow-popups allow-popups-to-escape-sandbox"})');
});

test('a page that frames mails in another way is an error that says what to do', async () => {
  const original = pageWith('frame({sandbox:"allow-scripts"})');
  await expect(copyMailboxPage(newFolder(), original)).rejects.toThrow(
    /links in mails would not open\. Install the version that package\.json names/,
  );
});
