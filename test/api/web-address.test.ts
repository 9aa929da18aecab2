import { expect, test } from '@jest/globals';
import { WebAddress } from '../../schemas/web-address.ts';

test.each([
  'javascript:alert(1)',
  'https://x;script-src/',
  'https://a,b.example/',
  'https://*/',
  'JavaScript://acme.example/%0aalert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  '//evil.example',
  '/\\evil.example',
  'https:/\\evil.example',
  'https:evil.example',
  'https:\\\\evil.example',
  'https:///evil.example',
  'https://acme.example\\@evil.example',
  'https://acme.example@evil.example',
  'https://user:secret@acme.example',
  'https://@acme.example',
  'https://acme.example\r\nSet-Cookie: a=b',
  'https://acme.example/\u0000',
  'https://acme\u200b.example/\u202e',
  'https://acme .example',
  'https://',
  'https://[::1]/',
  'https://acme.example:99999/',
  'http://acme.example/',
  'http://localhost.evil.example/',
  'http://127.0.0.1.evil.example/',
  'ftp://localhost/',
  'acme.example',
  '/welcome',
  '',
  `https://acme.example/${'x'.repeat(2_000)}`,
  `https://acme.example/${'ü'.repeat(500)}`,
])('nobody is sent to %j', (address) => {
  expect(WebAddress.safeParse(address).success).toBe(false);
});

test.each([
  ['https://acme.example', 'https://acme.example/'],
  [' HTTPS://ACME.example:443/a/../b?q=1#top ', 'https://acme.example/b?q=1#top'],
  ['https://acme.example/@jane?next=javascript:x', 'https://acme.example/@jane?next=javascript:x'],
  ['https://münchen.example/', 'https://xn--mnchen-3ya.example/'],
  ['https://аcme.example/', 'https://xn--cme-5cd.example/'], // its first letter is Cyrillic
  ['http://localhost:8080/welcome', 'http://localhost:8080/welcome'],
  ['http://127.0.0.1', 'http://127.0.0.1/'],
])('the address %j is kept as browsers read it', (address, kept) => {
  expect(WebAddress.parse(address)).toBe(kept);
});
