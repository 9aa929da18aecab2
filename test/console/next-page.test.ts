import { expect, test } from '@jest/globals';
import { nextPage } from '../../console/sign-in/mailed-links.ts';

test.each([
  '/console/acme/users',
  '/console/acme/users?status=not_confirmed&q=a%20b',
  '/console/account',
  '/console/sign-up-help/users',
])('after signing in %s is shown', (wanted) => {
  expect(nextPage(wanted)).toBe(wanted);
});

test.each([
  undefined,
  null,
  ['/console/account', '/console/account'],
  { toString: () => '/console/account' },
  '',
  '/',
  '/v1/portals',
  '/consoles/x',
  '/console/sign-in?next=/console/sign-in',
  '/console/sign-out',
  '//evil.example',
  '//evil.example/console/x',
  '///evil.example/console/x',
  '/\\evil.example/console/x',
  '\\\\evil.example/console/x',
  '/console/../../evil',
  '/console/..//evil.example/',
  '/console/%2e%2e//evil.example',
  '/console\\..\\..\\/evil.example',
  'https://evil.example/console/x',
  'http://console.evil.example/console/x',
  'http://console@evil.example/console/x',
  'http://console:80@evil.example/console/x',
  'http:evil.example/console/x',
  'javascript:alert(1)',
  'JaVaScRiPt:/console/x',
  'java\nscript:alert(1)',
  '\tjavascript:alert(1)//console/',
  'data:text/html,/console/x',
  'http://[',
])('%j leads nowhere but to the console', (wanted) => {
  expect(nextPage(wanted)).toBe('/console');
});

test('whatever is wanted, the browser stays at our origin and on a page of the console', () => {
  const parts = ['/', '\\', '//', '..', '%2e', 'console', 'evil.example', '@', ':', '\t', '\n', '?', '#', 'http:', ' '];
  for (let i = 0; i < parts.length ** 3; i += 1) {
    const pick = (n: number) => parts[Math.floor(i / parts.length ** n) % parts.length]!;
    for (const wanted of [pick(0) + pick(1) + pick(2), `/console/${pick(0)}${pick(1)}${pick(2)}`]) {
      const { origin, pathname } = new URL(nextPage(wanted), 'https://ours.example/console/sign-in');
      expect([wanted, origin, /^\/console(\/|$)/.test(pathname)]).toEqual([wanted, 'https://ours.example', true]);
    }
  }
});
