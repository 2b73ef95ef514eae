import { useEffect, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { askLab, wantsToken } from '../database/lab.ts'
import { textOf } from '../parts/notices.tsx'
import type { ExactJson } from '../values/exactJson.ts'

export interface Fault {
  readonly id: string
  readonly rule: FaultRule
  /** To how many requests it was done. */
  readonly done: number
}

/** As the lab has it; only what is shown by itself is named here. */
export interface FaultRule extends RequestMatch {
  readonly next?: number
  readonly skip?: number
  readonly probability?: number
  readonly when?: string
  readonly delayMs?: number
  readonly error?: { readonly name: string; readonly code?: string; readonly message?: string }
  readonly connection?: string
  readonly unprocessed?: { readonly count?: number }
}

export interface RequestMatch {
  readonly operations?: readonly string[]
  readonly table?: string
  readonly key?: ExactJson
  readonly caller?: string
}

export interface HeldItem {
  readonly table: string
  readonly key: ExactJson
}

export interface Hold {
  readonly id: string
  readonly items: readonly HeldItem[]
  /** In ISO 8601. */
  readonly since: string
}

export interface Stop {
  readonly id: string
  readonly rule: RequestMatch & { readonly at?: string; readonly next?: number }
  readonly stopped: readonly {
    readonly requestId: string
    readonly operation: string
    readonly since: string
    readonly actions: readonly (HeldItem & { readonly action: string })[]
  }[]
}

export interface Clock {
  readonly now: string
  readonly isFrozen: boolean
}

export type Lag =
  | number
  | {
      readonly maxMs: number
      readonly minMs?: number
      readonly meanMs?: number
      readonly seed?: number
    }

/** All that the lab does at present. */
export interface LabState {
  readonly faults: readonly Fault[]
  readonly holds: readonly Hold[]
  readonly stops: readonly Stop[]
  readonly clock: Clock
  readonly lag: Lag
}

/** How often the lab is looked at, in milliseconds. */
const lookAgainMs = 1000

async function readState(connection: Connection): Promise<LabState> {
  const [{ faults }, { holds }, { stops }, clock, { eventualLagMs }] = await Promise.all([
    askLab<Pick<LabState, 'faults'>>(connection, { path: '/faults' }),
    askLab<Pick<LabState, 'holds'>>(connection, { path: '/holds' }),
    askLab<Pick<LabState, 'stops'>>(connection, { path: '/stops' }),
    askLab<Clock>(connection, { path: '/clock' }),
    askLab<{ eventualLagMs: Lag }>(connection, { path: '/reads' }),
  ])
  return { faults, holds, stops, clock, lag: eventualLagMs }
}

/** The lab as it is, again every second, and at once when `look` is called. */
export function useLabState(connection: Connection) {
  const [state, setState] = useState<LabState>()
  const [failure, setFailure] = useState<string>()
  const [isTokenWanted, setTokenWanted] = useState(false)
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = (): void => {
      if (!isOver) timer = setTimeout(look, lookAgainMs)
    }
    const look = (): void => {
      if (document.visibilityState === 'hidden') return again()
      readState(connection)
        .then(
          (found) => {
            if (isOver) return
            setState(found)
            setFailure(undefined)
            setTokenWanted(false)
          },
          (error: unknown) => {
            if (isOver) return
            setTokenWanted(wantsToken(error))
            setFailure(textOf(error))
            // A wrong token is not sent again and again.
            isOver = wantsToken(error)
          },
        )
        .finally(again)
    }
    look()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [connection, round])
  return { state, failure, isTokenWanted, look: (): void => setRound((count) => count + 1) }
}
