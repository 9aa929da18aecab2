import { expect, test } from '@jest/globals';
import { emailKey } from '../../vocabulary/email-address.ts';

test.each([
  ['Jane@Example.COM', 'jane@example.com'],
  ['first.last+tag@sub.example.org', 'first.last+tag@sub.example.org'],
  ['jane@BÜCHER.example', 'jane@xn--bcher-kva.example'],
  ['jane@xn--bcher-kva.example', 'jane@xn--bcher-kva.example'],
  ['用户@例子.公司', '用户@xn--fsqu00a.xn--55qx5d'],
  ['jane@xn--ls8h.example', 'jane@xn--ls8h.example'],
  ['jane@فارسی.example', 'jane@xn--mgbug7c06b.example'],
  ['Jose\u0301@example.com', 'jos\u00e9@example.com'],
])('%s is known as %s', (address, key) => {
  expect(emailKey(address)).toBe(key);
});

test.each([
  'a@x, evil@y.com',
  '\u212Aurt@corp.example', // the kelvin sign, which folds into k
  'a@x.com,evil@y.com',
  'group:a@b.com;',
  '"a@b"@c.com',
  '"a b"@c.com',
  '<a@b.com>',
  'Jane <a@b.com>',
  'a@b@c.com',
  'a@[127.0.0.1]',
  'a@127.0.0.1',
  'a@localhost',
  'a@b.com.',
  'a@.b.com',
  'a@b..com',
  'a@-b.com',
  '.a@b.com',
  'a..b@b.com',
  'a b@b.com',
  'a@b .com',
  'a@b.com\nBcc: c@d.com',
  'a@b.com\r\n',
  'a@ex%41mple.com',
  'a@b.com/..',
  'a@b.com:25',
  'jane@xn--a.example',
  'jane@xn--.example',
  'jane@xn--zzzzzz.example',
  'jane@XN--A.example',
  'jane@mail.xn--abc',
  'jane@xn--mnchen-3ya-.example',
  'jane@xn--xn---epa.example',
  'jane@ab--cd.example',
  'ja\u3164ne@b.com',
  'jane@a\u200db.example',
  'a\u0000@b.com',
  'a@b\u0000.com',
  '@b.com',
  'a@',
  '',
  `${'a'.repeat(65)}@b.com`,
  `a@${'b'.repeat(64)}.com`,
  `a@${'b.'.repeat(130)}com`,
])('%j is not one plain address', (address) => {
  expect(emailKey(address)).toBeUndefined();
});
