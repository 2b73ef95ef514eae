import type { ListenOptions, Server } from 'node:net'

/** The two addresses of this machine that everybody has, and their families. */
const families: Readonly<Record<string, 4 | 6>> = { '127.0.0.1': 4, '::1': 6 }

/** What `listen` comes to in the end; where there is no port it is -1, and so is the family. */
type ListenBelow = (
  where: string,
  port: number,
  family: 4 | 6 | -1,
  ...rest: readonly [backlog: number, descriptor: undefined, flags: 0 | 1]
) => void

/**
 * Has `server` listen on a path or a port of a host, as its `listen` does. That looks up even an
 * address, which loads `dns` and compiles a pattern of addresses, and loads `cluster` and what that
 * needs: a twentieth of a start. Here a path is not looked up, nor is one of {@link families}.
 * Where this Node has no such way, and in a process that may be one of a cluster, which asks
 * another one to listen, it is `listen`.
 */
export function startListening(server: Server, options: ListenOptions): void {
  const { path, host = '', port = 0, ipv6Only } = options
  const { _listen2: listenBelow } = server as { _listen2?: ListenBelow }
  const family = families[host]
  const isKnown = path !== undefined || family !== undefined
  if (!isKnown || process.connected || listenBelow === undefined) server.listen(options)
  else if (path !== undefined) listenBelow.call(server, path, -1, -1, 0, undefined, 0)
  else if (family !== undefined) {
    const flags = family === 6 && ipv6Only === true ? 1 : 0
    listenBelow.call(server, host, port, family, 0, undefined, flags)
  }
}
