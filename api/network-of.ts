import ipaddr from 'ipaddr.js';

/** A household or a server gets a /64 at least, so its addresses count as one (RFC 6177). */
const IPV6_PREFIX_BITS = 64;

/** The network that an address belongs to, as far as it can be told: the IPv4 address itself, or the IPv6 /64. */
export function networkOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_PREFIX_BITS}`).toString();
}
