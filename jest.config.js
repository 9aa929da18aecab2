/** Tests run as native ES modules on Node 24; swc only strips the types. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/faults/'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  globalSetup: '<rootDir>/test/harness/setup/start-servers.ts',
  globalTeardown: '<rootDir>/test/harness/setup/stop-servers.ts',
  testTimeout: 60_000,
  maxWorkers: 2,
  // Modules loaded natively are never freed: a worker that has grown is replaced before its next file.
  workerIdleMemoryLimit: '1.5GB',
};
