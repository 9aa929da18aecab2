import base from './jest.config.js';

/** The fault tests: each file starts servers and processes of its own, and kills, stops or disturbs them. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/faults/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: undefined,
  globalTeardown: undefined,
  testTimeout: 600_000,
};
