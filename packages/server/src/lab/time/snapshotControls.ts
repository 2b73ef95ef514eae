import type { ControlsOf } from '../control.ts'
import { listOf, objectOf, text, type Schema } from '../schema.ts'

export interface SnapshotName {
  readonly name: string
}

/** A state that the database can be taken back to. */
export interface HeldSnapshot extends SnapshotName {
  /** When it was taken, by the clock of the database, in milliseconds since the epoch. */
  readonly takenMs: number
}

/**
 * States of the whole database: tables, items, streams, client request tokens, the clock and how
 * long reads lag. Refused where the data is in a directory.
 */
export interface SnapshotControls {
  /**
   * Takes one, at once however much there is. It has what was answered before. A name that is taken
   * gets the new one; without a name it is given one. What is answered is what {@link restore} and
   * {@link release} take.
   */
  take(as?: Partial<SnapshotName>): Promise<SnapshotName>
  /**
   * Makes everything as it was, as often as it is asked for. Requests under way are answered
   * before, later ones after; faults and whatever else the lab does are ended.
   */
  restore(which: SnapshotName): Promise<void>
  /** The earliest first. */
  list(): Promise<{ readonly snapshots: readonly HeldSnapshot[] }>
  /** Lets go of one, and of the memory that it alone takes. */
  release(which: SnapshotName): Promise<void>
}

const name: Schema = { ...text('what the snapshot is called'), maxLength: 255 }

const which: Schema = objectOf({ name }, ['name'])

const held: Schema = objectOf(
  { name, takenMs: { type: 'number', description: 'when, in milliseconds since the epoch' } },
  ['name', 'takenMs'],
)

export const snapshotControls: ControlsOf<{ snapshots: SnapshotControls }>['snapshots'] = {
  take: {
    method: 'POST',
    path: '/snapshots',
    summary: 'Hold the database as it is.',
    input: objectOf({ name }),
    answer: which,
    needsMemory: true,
    perform: (session, given) => ({ name: session.time.take(given.name) }),
  },
  restore: {
    method: 'POST',
    path: '/snapshots/{name}/restore',
    summary: 'Make everything as it was when the snapshot was taken.',
    input: which,
    needsMemory: true,
    perform: (session, given) => session.time.restore(given.name),
  },
  list: {
    method: 'GET',
    path: '/snapshots',
    summary: 'The snapshots that are held, the earliest first.',
    answer: objectOf({ snapshots: listOf(held) }, ['snapshots']),
    needsMemory: true,
    perform: (session) => ({
      snapshots: [...session.time.snapshots].map(([each, { takenMs }]) => ({
        name: each,
        takenMs,
      })),
    }),
  },
  release: {
    method: 'DELETE',
    path: '/snapshots/{name}',
    summary: 'Let go of a snapshot.',
    input: which,
    needsMemory: true,
    perform: (session, given) => session.time.release(given.name),
  },
}
