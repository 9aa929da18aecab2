import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How MailDev 3.0 frames a mail: a link in it can be opened neither there nor in a tab of its own. */
const FRAME = 'sandbox:"allow-same-origin"';
const FRAME_WITH_LINKS = 'sandbox:"allow-same-origin allow-popups allow-popups-to-escape-sandbox"';

/** Copies MailDev's page to `folder`, changed so that the links of a mail open in a new tab. Safe to repeat. */
export async function copyMailboxPage(folder: string): Promise<void> {
  const original = fileURLToPath(new URL('../dist', import.meta.resolve('@maildev/ui/server')));
  await cp(original, folder, { recursive: true });
  const assets = join(folder, 'assets');
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  for (const path of scripts.map((name) => join(assets, name))) {
    await writeFile(path, (await readFile(path, 'utf8')).replace(FRAME, FRAME_WITH_LINKS));
  }
}
