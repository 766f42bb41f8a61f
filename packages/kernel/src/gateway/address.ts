import { BlockList, isIPv6 } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** An address as we compare and count it: IPv4 inside IPv6 unwrapped, no zone. */
export function plainAddress(address: string | undefined): string {
  const bare = (address ?? '').replace(/%.*$/, '').toLowerCase()
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare
}

export function isLoopback(address: string | undefined): boolean {
  const plain = plainAddress(address)
  return plain === 'localhost' || (plain !== '' && contains(loopback, plain))
}

/** What one attacker can have many of is counted as one: the /64 of an IPv6 address. */
export function countedAs(address: string): string {
  if (!isIPv6(address) || isLoopback(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const after = tail?.split(':').filter(Boolean) ?? []
  while (tail !== undefined && groups.length + after.length < 8) groups.push('0')
  return `${[...groups, ...after].slice(0, 4).join(':')}::/64`
}

/** Addresses and CIDR ranges as one list. Throws for what is neither. */
export function addressList(entries: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

export function contains(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
