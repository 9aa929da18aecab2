/** What global setup leaves for global teardown; both run in one process. */
export const servers: { dataDir?: string; stop?: () => Promise<unknown> } = {};
