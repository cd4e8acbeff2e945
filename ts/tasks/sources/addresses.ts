import { isValid, parse } from 'ipaddr.js';

/** The IPv6 blocks that IANA has given out for the public internet lie in 2000::/3. */
const PUBLIC_IPV6 = parse('2000::');
const PUBLIC_IPV6_BITS = 3;

/**
 * True for an IP address that is not one of the public internet: private, local, reserved and test networks, and those that
 * carry an IPv4 address inside (6to4, Teredo, NAT64), behind which any of these may lie. Written as IPv4 inside of IPv6
 * (`::ffff:1.2.3.4`) an address is what the inner one is. What is no address is not public either.
 */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!isValid(bare)) return true;
  const parsed = parse(bare);
  if ('isIPv4MappedAddress' in parsed) {
    if (parsed.isIPv4MappedAddress()) return isPrivateAddress(parsed.toIPv4Address().toString());
    if (!parsed.match(PUBLIC_IPV6 as typeof parsed, PUBLIC_IPV6_BITS)) return true;
  }
  return parsed.range() !== 'unicast';
}
