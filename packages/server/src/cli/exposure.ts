import { isIPv4 } from 'node:net'
import type { ServerSettings } from './settings.ts'

/**
 * What the operator of a server that listens beyond loopback should know, in one sentence;
 * undefined for one that is reached from its machine alone, or is closed to strangers and
 * listeners.
 */
export function exposureWarning(settings: ServerSettings): string | undefined {
  const beyond = settings.hosts.filter((host) => !isLoopbackHost(host))
  if (beyond.length === 0) return undefined
  const hosts = beyond.join(' and ')
  if (settings.auth === 'any') {
    return (
      `Warning: whoever reaches ${hosts} may read and change everything; ` +
      '--auth required lets in verified signatures alone.'
    )
  }
  if (settings.tlsCertFile !== undefined) return undefined
  return (
    `Warning: requests and answers can be read on their way to ${hosts}; ` +
    '--tls-cert and --tls-key encrypt them.'
  )
}

/** Whether a host to listen on is reached from its machine alone. */
export function isLoopbackHost(host: string): boolean {
  if (host.startsWith('127.')) return isIPv4(host)
  return host === '::1' || host === 'localhost'
}
