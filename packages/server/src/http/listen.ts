import type { AddressInfo, ListenOptions, Server } from 'node:net'

export interface BoundAddress {
  /** The IP address that the host stands for. */
  readonly host: string
  readonly port: number
}

export interface Listening {
  readonly server: Server
  readonly address: BoundAddress
}

/** How often a free port is chosen anew because one of the hosts has it in use. */
const maxPortChoices = 10

/**
 * Starts one server for each of `hosts` on `port`; port 0 is one free port, the same for all. Hosts
 * that the machine does not have are left out. Rejects with the system's error when none is left,
 * or when a host refuses for another reason; then nothing listens any more.
 */
export async function listenOnAll(
  createServer: () => Server | Promise<Server>,
  port: number,
  hosts: readonly string[],
): Promise<readonly Listening[]> {
  for (let choice = 1; ; choice++) {
    const listening: Listening[] = []
    try {
      await listenOnEach(createServer, port, hosts, listening)
      return listening
    } catch (error) {
      await Promise.all(listening.map((entry) => stop(entry.server)))
      // The first host chose a port that another host has in use.
      const isUnlucky = port === 0 && listening.length > 0 && codeOf(error) === 'EADDRINUSE'
      if (!isUnlucky || choice === maxPortChoices) throw error
    }
  }
}

async function listenOnEach(
  createServer: () => Server | Promise<Server>,
  port: number,
  hosts: readonly string[],
  listening: Listening[],
): Promise<void> {
  let unavailable: unknown = new RangeError('no host to listen on')
  for (const host of hosts) {
    const server = await createServer()
    try {
      const samePort = listening[0]?.address.port ?? port
      // Alone, `::` may stand for IPv4 too.
      await listen(server, { port: samePort, host, ipv6Only: hosts.length > 1 })
    } catch (error) {
      if (!isUnavailable(error)) throw error
      unavailable = error
      continue
    }
    const bound = server.address() as AddressInfo
    listening.push({ server, address: { host: bound.address, port: bound.port } })
  }
  if (listening.length === 0) throw unavailable
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    if (!listenAtOnce(server, options)) server.listen(options)
  })
}

/** The two addresses of this machine that everybody has, and their families. */
const families: Readonly<Record<string, 4 | 6>> = { '127.0.0.1': 4, '::1': 6 }

/** What `listen` comes to in the end. */
interface Below {
  _listen2?: (address: string, port: number, family: 4 | 6, ...rest: readonly unknown[]) => void
}

/**
 * Listens on an address of {@link families} without looking it up, for which `listen` loads four
 * modules and compiles a pattern of addresses: a twentieth of a start. Returns false, having done
 * nothing, for other addresses, where this Node has no such way, and in a process that may be one
 * of a cluster, which asks another one to listen.
 */
function listenAtOnce(server: Server, { host = '', port = 0, ipv6Only }: ListenOptions): boolean {
  const family = families[host]
  const below = server as Below
  if (family === undefined || process.connected || below._listen2 === undefined) return false
  const onlyIpv6 = family === 6 && ipv6Only === true ? 1 : 0
  below._listen2(host, port, family, 0, undefined, onlyIpv6)
  return true
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}

function isUnavailable(error: unknown): boolean {
  const code = codeOf(error)
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code
}
