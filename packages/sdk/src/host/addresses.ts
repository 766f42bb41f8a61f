import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/**
 * What is no public unicast address of IPv4: https://www.iana.org/assignments/iana-ipv4-special-registry, multicast
 * (RFC 5771), and the one public address that clouds use for themselves
 * (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16). The metadata addresses of
 * others (169.254.169.254, 100.100.100.200, 192.0.0.192) lie within.
 */
const private4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** All that was ever given out of IPv6 (https://www.iana.org/assignments/ipv6-address-space); mapped and NAT64 lie outside. */
const public6 = '2000::/3'

/**
 * What is within it and yet not public, or carries an IPv4 address (Teredo, 6to4):
 * https://www.iana.org/assignments/iana-ipv6-special-registry.
 */
const private6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

function listOf(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network, bits] = range.split('/') as [string, string]
    list.addSubnet(network, Number(bits), family)
  }
  return list
}

const closed4 = listOf('ipv4', private4)
const open6 = listOf('ipv6', [public6])
const closed6 = listOf('ipv6', private6)

/** Is this an address of the public internet, and not one of this machine's own? False for what is no address. */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 0 || isOwn(address, family)) return false
  if (family === 4) return !closed4.check(address, 'ipv4')
  return open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6')
}

/** What listens here and is closed to the world by a firewall is open to ourselves, also under our public address. */
function isOwn(address: string, family: number): boolean {
  const own = new BlockList()
  for (const one of Object.values(networkInterfaces()).flatMap((all) => all ?? []))
    own.addAddress(one.address, one.family === 'IPv4' ? 'ipv4' : 'ipv6')
  return own.check(address, family === 4 ? 'ipv4' : 'ipv6')
}
