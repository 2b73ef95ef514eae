import { BlockList, isIPv4, isIPv6 } from 'node:net'

let otherForms: BlockList | undefined

/**
 * Whether an IP address is that of the machine itself. Every start asks for the two usual ones,
 * which are known without Node 20's pattern of an IPv6 address, which V8 compiles for long.
 */
export function isLoopback(address: string): boolean {
  if (address === '::1') return true
  if (isIPv4(address)) return address.startsWith('127.')
  return isIPv6(address) && loopbackInOtherForms().check(address, 'ipv6')
}

/** `::1` written out, and addresses of IPv4 within IPv6. */
function loopbackInOtherForms(): BlockList {
  if (otherForms === undefined) {
    otherForms = new BlockList()
    otherForms.addSubnet('127.0.0.0', 8, 'ipv4')
    otherForms.addAddress('::1', 'ipv6')
  }
  return otherForms
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
