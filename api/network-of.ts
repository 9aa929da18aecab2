import ipaddr from 'ipaddr.js';

/**
 * The blocks that IPv6 addresses are handed out in: a /64 to a household or a server at least, a /56 to a home line, a /48 to
 * a site (RFC 6177). Who has a larger block has more addresses to try from, so each is counted, with a greater share of a limit.
 */
const IPV6_BLOCKS = [
  { bits: 64, share: 1 },
  { bits: 56, share: 2 },
  { bits: 48, share: 4 },
];

/** A network that an address belongs to. */
export interface Network {
  /** `192.0.2.1`, `2001:db8::/56` */
  name: string;
  /** How many times a limit for one network it may use. */
  share: number;
}

/** Every network that an address is counted by: the IPv4 address itself, or the IPv6 /64, /56 and /48, the smallest first. */
export function networksOf(address: string | undefined): Network[] {
  if (address === undefined || !ipaddr.isValid(address)) return [{ name: 'unknown', share: 1 }];
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return [{ name: parsed.toString(), share: 1 }];
  return IPV6_BLOCKS.map(({ bits, share }) => ({
    name: `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${bits}`).toString()}/${bits}`,
    share,
  }));
}

/** The smallest network that an address belongs to: the IPv4 address itself, or the IPv6 /64. */
export function networkOf(address: string | undefined): string {
  return networksOf(address)[0]!.name;
}
