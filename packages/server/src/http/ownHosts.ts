import { isLocalName, nameOfHost } from './localNames.ts'
import { headerOf, type RawRequest } from './rawMessage.ts'

/**
 * The hosts by which a server is its own: loopback, and what it listens on. A page of another host
 * cannot make its browser ask by one of them and read the answer.
 */
export class OwnHosts {
  /** As they were given, in lower case. */
  private readonly hosts = new Set<string>()
  private isOpen = false

  /** Whether the server is reached from other machines. */
  get isBeyondLoopback(): boolean {
    return this.isOpen
  }

  /** Requests come by these hosts, too. */
  listensOn(hosts: readonly string[]): void {
    for (const host of hosts) {
      this.hosts.add(host.toLowerCase())
      if (!isLocalName(host)) this.isOpen = true
    }
  }

  /** Whether a request asks for one of them. HTTP/1.0 may come without a host. */
  areAskedBy(request: RawRequest): boolean {
    const host = headerOf(request, 'host')
    if (host === undefined) return true
    const name = nameOfHost(host).toLowerCase()
    if (isLocalName(name) || this.hosts.has(name)) return true
    // Whoever listens on all addresses listens on the one that the request came to.
    return name !== '' && name === addressOf(request)
  }
}

/** An address of IPv4 that came by a socket of IPv6 begins with `::ffff:`. */
const addressOf = ({ peer }: RawRequest): string | undefined =>
  peer?.localAddress?.replace(/^::ffff:(?=\d+\.)/, '').toLowerCase()

/** Whether a request was made by no page, or by one of the server itself. */
export function isOfOwnOrigin(request: RawRequest): boolean {
  const origin = headerOf(request, 'origin')
  if (origin === undefined) return true
  const host = headerOf(request, 'host')
  if (host === undefined) return false
  const scheme = request.peer?.encrypted === true ? 'https' : 'http'
  return origin.toLowerCase() === `${scheme}://${host.toLowerCase()}`
}
