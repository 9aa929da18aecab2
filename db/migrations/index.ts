import { InitialSchema } from './2026-11-23-initial-schema.ts';

/** Every migration, oldest first. A released one is never edited. */
export const migrationsList = [{ name: '2026-11-23-initial-schema', class: InitialSchema }];
