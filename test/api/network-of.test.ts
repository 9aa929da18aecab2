import { expect, test } from '@jest/globals';
import { networkOf, networksOf } from '../../commands/sign-in/rate-limiter.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['::1', '::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  [undefined, 'unknown'],
  ['', 'unknown'],
  ['somewhere', 'unknown'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('an IPv6 address belongs to a /64, a /56 and a /48, an IPv4 address to itself alone', () => {
  expect(networksOf('2001:db8:1:2fe:3:4:5:6')).toEqual([
    { name: '2001:db8:1:2fe::/64', share: 1 },
    { name: '2001:db8:1:200::/56', share: 2 },
    { name: '2001:db8:1::/48', share: 4 },
  ]);
  expect(networksOf('192.0.2.7')).toEqual([{ name: '192.0.2.7', share: 1 }]);
});
