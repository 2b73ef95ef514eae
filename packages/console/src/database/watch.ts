import type { Connection } from './connection.ts'
import {
  bearing,
  controlRequest,
  ControlRefusal,
  sendControl,
  type ControlRequest,
} from './control.ts'
import { giveControlToken } from './controlToken.ts'

/** A key as the server tells it: DynamoDB JSON. */
export type ToldKey = Readonly<Record<string, { readonly [type: string]: unknown }>>

/** A condition, or a part of one, and what it came to. */
export interface ToldCondition {
  readonly kind: string
  readonly text: string
  readonly result: boolean
  /** Whether it is one of those that made the whole what it is. */
  readonly decisive: boolean
  readonly operands?: readonly { readonly text: string; readonly value?: object }[]
  readonly parts?: readonly ToldCondition[]
}

export interface ToldAction {
  readonly action: string
  readonly table: string
  readonly key: ToldKey
}

/** A request that was there first. */
export interface ToldHolder {
  readonly requestId?: string
  readonly operation: string
  readonly caller?: string
  /** In ISO 8601. */
  readonly since: string
  readonly forMs: number
  readonly doing: string
  readonly actions: readonly ToldAction[]
  /** How many items beside those. */
  readonly more?: number
}

export type ToldMet = Omit<ToldHolder, 'since' | 'forMs' | 'doing'> & Partial<ToldHolder>

/** What one action of a request came to. */
export interface ToldPosition extends Partial<ToldAction> {
  readonly position: number
  /** As a cancellation reason has it; `None` for what was in order. */
  readonly code: string
  readonly message?: string
  readonly itemExists?: boolean
  readonly condition?: ToldCondition
  readonly conflict?: ToldHolder
}

export interface ToldDryRun {
  readonly outcome: 'commits' | 'cancelled'
  readonly positions: readonly ToldPosition[]
}

export interface ToldExplanation {
  readonly requestId: string
  readonly operation: string
  readonly caller?: string
  readonly at: string
  readonly error?: string
  readonly message?: string
  readonly positions: readonly ToldPosition[]
  readonly inProgress?: ToldHolder
}

export interface ToldConflict {
  readonly at: string
  readonly table: string
  readonly key: ToldKey
  readonly refused: {
    readonly requestId: string
    readonly operation: string
    readonly caller?: string
    readonly position: number
    readonly action?: string
  }
  /** Since when and doing what is known of those alone that somebody has watched. */
  readonly met?: ToldMet
}

export interface ToldTransactions {
  readonly since: string
  readonly unfinished: readonly ToldHolder[]
  readonly conflicts: readonly ToldConflict[]
}

/** The database that is looked at, and how it is asked. */
export type Watched = Pick<Connection, 'about' | 'client' | 'namespace'>

/**
 * Asks what may be looked at, below `/_dynatom/watch`: with a body that is posted, as JSON. It is
 * signed with the connection's keys where the server verifies them, and of its namespace. Rejects
 * with a {@link ControlRefusal}.
 */
export async function askWatch<Told>(
  watched: Watched,
  place: string,
  body?: string,
): Promise<Told> {
  const method = body === undefined ? 'GET' : 'POST'
  const request = controlRequest(watched, method, `/watch${place}`, body)
  const isSigned = watched.about.watch === 'signature'
  const headers = isSigned ? await signed(watched, request) : bearing(request)
  return sendControl<Told>(request, headers).catch((error: unknown) => {
    // A token that is not taken is asked for again.
    if (error instanceof ControlRefusal && error.status === 401) giveControlToken(undefined)
    throw error
  })
}

/** The headers of a request with those of its signature, but for the host, which browsers send. */
async function signed(
  { about, client }: Watched,
  request: ControlRequest,
): Promise<Record<string, string>> {
  const { host, hostname, protocol, port } = location
  const signer = await client.config.signer({
    name: 'sigv4',
    signingName: 'dynamodb',
    signingRegion: about.region,
    properties: {},
  })
  const whole = { ...request, protocol, hostname, ...(port !== '' && { port: Number(port) }) }
  const { headers } = await signer.sign({ ...whole, headers: { ...request.headers, host } })
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'))
}

/** Notes are taken of refusals and conflicts for ten minutes after each look. */
const everyMs = 4 * 60 * 1000

/**
 * Has the server take notes of what is refused from now on, while the page is in sight; gives how
 * to let go of that. A server that does not want to is let be.
 */
export function keepWatch(connection: Connection): () => void {
  const look = (): void => {
    if (document.visibilityState === 'visible') askWatch(connection, '').catch(() => undefined)
  }
  look()
  const timer = setInterval(look, everyMs)
  document.addEventListener('visibilitychange', look)
  return () => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', look)
  }
}
