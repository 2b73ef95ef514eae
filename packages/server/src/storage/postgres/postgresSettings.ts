import type { ConnectionOptions } from 'node:tls'

export interface PostgresHost {
  readonly host: string
  readonly port: number
}

/** Where a store is, and how it is used. */
export interface PostgresSettings {
  /** The nodes of one cluster, of which one leads. */
  readonly hosts: readonly PostgresHost[]
  readonly database: string
  readonly user: string
  /** None where the node asks for none. */
  readonly password: string | undefined
  /** The schema with the tables of the store: several stores may be in one database. */
  readonly schema: string
  /** Without it nothing is encrypted. */
  readonly tls: ConnectionOptions | undefined
  /** Most connections for reads and commits, and most for snapshots, to the leader. */
  readonly maxConnections: number
  readonly maxSnapshots: number
  /** How long one statement may take. */
  readonly statementTimeoutMs: number
  /** Whether there are reads of nodes that follow. */
  readonly readsReplicas: boolean
  /** Whether it is opened in order to be moved elsewhere. */
  readonly isMoving: boolean
  /** Whether a store that is not there yet is refused, and not made. */
  readonly mustBeThere: boolean
  /** How long reads and commits wait for a node that leads. */
  readonly leaderWaitMs: number
}

/** What a store has that nobody said anything else of. */
export const defaultSettings = {
  schema: 'dynatom',
  maxConnections: 32,
  maxSnapshots: 32,
  statementTimeoutMs: 10_000,
  readsReplicas: false,
  isMoving: false,
  mustBeThere: false,
  leaderWaitMs: 20_000,
} as const

/** The hosts as a sentence names them. */
export const hostsText = (hosts: readonly PostgresHost[]): string =>
  hosts.map(({ host, port }) => `${host}:${port}`).join(', ')
