import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { TEMPORAL_SETTINGS } from '../../embedded/temporal.ts';

test('docker-compose gives its Temporal the settings that npm start gives', () => {
  const yaml = readFileSync('embedded/temporal-settings.yaml', 'utf8');
  const settings = [...yaml.matchAll(/^([\w.]+):\n {2}- value: (\w+)$/gm)].map(([, name, value]) => [
    name,
    JSON.parse(value!),
  ]);
  expect(Object.fromEntries(settings)).toEqual(TEMPORAL_SETTINGS);
  expect(readFileSync('docker-compose.yml', 'utf8')).toContain('./embedded/temporal-settings.yaml:');
});
