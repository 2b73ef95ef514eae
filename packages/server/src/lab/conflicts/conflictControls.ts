import type { ControlsOf } from '../control.ts'
import { listOf, named, objectOf, text, whole } from '../schema.ts'
import {
  holdSchema,
  stopRuleSchema,
  type Hold,
  type ItemName,
  type Stop,
  type StopRule,
} from './stop.ts'

/** Items that are held: whoever needs one meets a transaction, a real one. */
export interface ConflictControls {
  /**
   * Holds items in a transaction until it is released; resolves when it has them. Rejects with
   * Conflict when another one has.
   */
  hold(items: { readonly items: readonly ItemName[] }): Promise<Hold>
  list(): Promise<{ readonly holds: readonly Hold[] }>
  /** Resolves when others may have the items. */
  release(hold: { readonly id: string }): Promise<void>
}

/** Transactions of clients that stop on their way. */
export interface StopControls {
  /** The next transactions that match stop, holding their items, until they are let go on. */
  add(rule: StopRule): Promise<Stop>
  list(): Promise<{ readonly stops: readonly Stop[] }>
  /**
   * A rule and the transactions that it holds up. With `waitMs`, when there are `count` of them, 1
   * when absent; rejects with Conflict when that takes longer.
   */
  get(wanted: {
    readonly id: string
    readonly waitMs?: number
    readonly count?: number
  }): Promise<Stop>
  /** Lets the transactions go on that the rule holds up, and removes it. */
  letGo(stop: { readonly id: string }): Promise<void>
}

const byId = objectOf({ id: text('its id') }, ['id'])

export const conflictControls: ControlsOf<{ conflicts: ConflictControls }>['conflicts'] = {
  hold: {
    method: 'POST',
    path: '/holds',
    summary: 'Hold items in a transaction.',
    input: holdSchema,
    answer: named('Hold'),
    perform: ({ holds, store, watch }, { items }) => holds.add(store.services, watch, items),
  },
  list: {
    method: 'GET',
    path: '/holds',
    summary: 'List the items that are held.',
    answer: objectOf({ holds: listOf(named('Hold')) }, ['holds']),
    perform: ({ holds }) => ({ holds: holds.list() }),
  },
  release: {
    method: 'DELETE',
    path: '/holds/{id}',
    summary: 'Release items that are held.',
    input: byId,
    perform: ({ holds }, { id }) => holds.remove(id),
  },
}

const longestWaitMs = 600_000

export const stopControls: ControlsOf<{ stops: StopControls }>['stops'] = {
  add: {
    method: 'POST',
    path: '/stops',
    summary: 'Stop the next transactions that match, before their commit.',
    input: stopRuleSchema,
    answer: named('Stop'),
    perform: ({ stops }, rule) => stops.add(rule),
  },
  list: {
    method: 'GET',
    path: '/stops',
    summary: 'List the rules in force, and the transactions that they hold up.',
    answer: objectOf({ stops: listOf(named('Stop')) }, ['stops']),
    perform: ({ stops }) => ({ stops: stops.list() }),
  },
  get: {
    method: 'GET',
    path: '/stops/{id}',
    summary: 'Show the transactions that a rule holds up, when there are some.',
    input: objectOf(
      {
        id: text('its id'),
        waitMs: whole(0, longestWaitMs, 'how long to wait for a transaction'),
        count: whole(1, 1_000_000, 'how many to wait for'),
      },
      ['id'],
    ),
    answer: named('Stop'),
    perform: ({ stops, pauses }, { id, waitMs = 0, count = 1 }) =>
      stops.find(id, { waitMs, count }, pauses),
  },
  letGo: {
    method: 'DELETE',
    path: '/stops/{id}',
    summary: 'Let the transactions go on that a rule holds up, and remove it.',
    input: byId,
    perform: ({ stops }, { id }) => stops.remove(id),
  },
}
