import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether an IP address is that of the machine itself. */
export function isLoopback(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && loopback.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** Whether a name or an address leads to the machine itself, wherever it is looked up. */
export function isLocalName(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(name) || isLoopback(name)
}

/** The name or address in a Host header, without its port; empty if it is none. */
export function nameOfHost(host: string): string {
  const name = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host)
  return name?.[1] ?? name?.[2] ?? ''
}
