/**
 * The floors of the house, from the ground up: a file imports from its own folder, or from folders of the same floor that are
 * not apart from it, or from floors below. `docs/design.md` says what each folder holds; the architecture test checks every
 * import, and that biome.json shows the same rule in the editor.
 */

export interface Folder {
  name: string;
  /** Packages that have no place in it, as patterns of the linter. */
  withoutPackages?: string[];
}

export interface Floor {
  folders: Folder[];
  /** Whether the folders of this floor do not import each other. */
  areApart?: boolean;
}

const HTTP = ['express', 'express-*', 'helmet', 'multer'];
const TEMPORAL = ['@temporalio/*'];
const EFFECTS = ['@mikro-orm/*', 'nodemailer', 'pino', 'node:*'];

export const FLOORS: Floor[] = [
  { folders: [{ name: 'vocabulary', withoutPackages: ['node:*', ...HTTP, '@mikro-orm/*', 'nodemailer', 'pino'] }] },
  {
    folders: [
      { name: 'configuration', withoutPackages: [...HTTP, ...TEMPORAL] },
      { name: 'db', withoutPackages: [...HTTP, ...TEMPORAL] },
      { name: 'email', withoutPackages: [...HTTP, ...TEMPORAL] },
      { name: 'links', withoutPackages: [...HTTP, ...TEMPORAL] },
      { name: 'schemas', withoutPackages: [...HTTP, ...TEMPORAL] },
    ],
  },
  { folders: [{ name: 'commands', withoutPackages: [...HTTP, ...TEMPORAL] }] },
  {
    folders: [
      { name: 'activities', withoutPackages: HTTP },
      { name: 'temporal', withoutPackages: HTTP },
    ],
  },
  {
    folders: [
      {
        name: 'workflows',
        withoutPackages: [...HTTP, ...EFFECTS, '@temporalio/client', '@temporalio/worker', '@temporalio/activity'],
      },
    ],
  },
  { folders: [{ name: 'web' }] },
  { folders: [{ name: 'console' }, { name: 'portal' }, { name: 'api' }], areApart: true },
  { folders: [{ name: 'worker', withoutPackages: HTTP }, { name: 'embedded' }], areApart: true },
];

/** Entry points lie in a folder and stand on the top floor: they mount and start the others. */
export const ENTRY_POINTS = ['api/app.ts', 'api/main.ts', 'api/start-api.ts'];

/** Folders that no product file imports. */
export const BESIDE_THE_PRODUCT = ['bench', 'docs', 'test'];

/** All that a workflow file imports of floors below: it runs in a sandbox. */
export const ALLOWED_IN_WORKFLOWS = { values: 'vocabulary/', types: 'activities/contracts.ts' };

export const PRODUCT_FOLDERS = FLOORS.flatMap(({ folders }) => folders.map(({ name }) => name));

/** The folders that a folder may not import from. */
export function forbiddenFolders(folder: string): string[] {
  const floor = FLOORS.findIndex(({ folders }) => folders.some(({ name }) => name === folder));
  const apart = FLOORS[floor]!.areApart === true ? FLOORS[floor]!.folders : [];
  const above = FLOORS.slice(floor + 1).flatMap(({ folders }) => folders);
  return [...apart, ...above].map(({ name }) => name).filter((name) => name !== folder);
}
