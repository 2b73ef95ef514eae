import type { AddressInfo, ListenOptions, Server } from 'node:net'
import { startListening } from '../startListening.ts'

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
    startListening(server, options)
  })
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
