import fc from 'fast-check'
import type { ItemRead, ItemWrite, Operation } from '../history.ts'

/** What one operation of a random history is to do; numbers are taken modulo what there is. */
interface Intent {
  readonly kind: 'read' | 'scan' | 'write' | 'delete' | 'refused' | 'open' | 'ignored'
  readonly keys: readonly string[]
  readonly versionCount: number
  /** Whether the operation tells what it saw before it wrote. */
  readonly tells: 'nothing' | 'before' | 'reads'
  /** How long before and after its effect it was invoked and answered. */
  readonly lead: number
  readonly lag: number
  readonly age: number
}

export interface HistoryShape {
  readonly maxOperations: number
  readonly deletes: boolean
}

/**
 * Histories of a truly serial execution: every operation takes effect at one moment between its
 * invocation and its completion. They are legal by construction.
 */
export function legalHistories({
  maxOperations,
  deletes,
}: HistoryShape): fc.Arbitrary<Operation[]> {
  const kinds = ['read', 'read', 'scan', 'write', 'write', 'refused', 'open', 'ignored'] as const
  // Most operations are alone at their moment, some overlap many.
  const moments = fc.oneof(fc.nat(6), fc.nat(6), fc.nat(30))
  const intent = fc.record<Intent>({
    kind: fc.constantFrom<Intent['kind']>(
      ...kinds,
      ...(deletes ? (['delete', 'delete'] as const) : []),
    ),
    keys: fc.uniqueArray(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 2 }),
    versionCount: fc.constantFrom(1, 1, 1, 2),
    tells: fc.constantFrom('nothing', 'nothing', 'before', 'reads'),
    lead: moments,
    lag: moments,
    age: fc.nat(),
  })
  return fc.array(intent, { minLength: 2, maxLength: maxOperations, size: 'max' }).map(execute)
}

function execute(intents: readonly Intent[]): Operation[] {
  const past = new Map<string, (readonly string[])[]>()
  const statesOf = (key: string): (readonly string[])[] => {
    const states = past.get(key) ?? [[]]
    past.set(key, states)
    return states
  }
  return intents.map((intent, id) => {
    const { kind, keys, age } = intent
    const isScan = kind === 'scan'
    const reads = keys.map((key): ItemRead => {
      const states = statesOf(key)
      const versions = (isScan ? states[age % states.length] : states.at(-1)) as readonly string[]
      return { key, versions }
    })
    const isReader = kind === 'read' || isScan
    const writes = isReader ? [] : reads.map((read) => writeOf(intent, id, read))
    if (kind === 'write' || kind === 'open' || kind === 'delete') {
      for (const { key, versions, deletes } of writes) {
        const states = statesOf(key)
        states.push(deletes === true ? [] : [...(states.at(-1) ?? []), ...versions])
      }
    }
    return operationOf(intent, id, { reads, writes })
  })
}

function writeOf({ kind, tells, versionCount }: Intent, id: number, read: ItemRead): ItemWrite {
  const { key, versions: before } = read
  const versions = Array.from({ length: versionCount }, (_, i) => `${key}${id}${'ab'[i]}`)
  return {
    key,
    versions,
    ...(kind === 'delete' && { deletes: true }),
    ...(tells === 'before' && kind !== 'refused' && { before }),
  }
}

function operationOf(
  { kind, tells, lead, lag }: Intent,
  id: number,
  { reads, writes }: Pick<Operation, 'reads' | 'writes'>,
): Operation {
  const isOpen = kind === 'open' || kind === 'ignored'
  const seesItems = kind === 'read' || kind === 'scan' || tells === 'reads'
  return {
    id,
    client: id,
    description: `${kind} ${JSON.stringify({ reads, writes })}`,
    level: kind === 'scan' ? 'readCommitted' : 'serializable',
    // No two moments are the same.
    invoked: id * 10 - lead - id / 1000,
    ...(!isOpen && { completed: id * 10 + lag + id / 1000 + 0.0001 }),
    outcome: isOpen ? 'unknown' : kind === 'refused' ? 'refused' : 'ok',
    reads: seesItems && !isOpen ? reads : [],
    writes,
  }
}

/** A change of a history that may or may not make it illegal. */
type Corruption = (operations: readonly Operation[]) => Operation[]

type Change = (operation: Operation, other: Operation) => Partial<Operation>

const changeRead = (change: (versions: readonly string[]) => readonly string[]): Change => {
  return ({ reads: [first, ...rest] }) => {
    return first === undefined
      ? {}
      : { reads: [{ ...first, versions: change(first.versions) }, ...rest] }
  }
}

const changes: readonly Change[] = [
  // Another operation's reads.
  (_, { reads }) => ({ reads }),
  changeRead((versions) => versions.slice(1)),
  changeRead((versions) => versions.slice(0, -1)),
  changeRead((versions) => [...versions].reverse()),
  changeRead((versions) => [...versions, ...versions.slice(-1)]),
  ({ reads: [read, ...rest] }, { writes }) => {
    const write = writes.find(({ key, deletes }) => key === read?.key && deletes !== true)
    if (read === undefined || write === undefined) return {}
    return {
      reads: [{ ...read, versions: [...read.versions, write.versions[0] as string] }, ...rest],
    }
  },
  // Another time, of the same or another length.
  ({ invoked, completed }, other) => {
    const shift = other.invoked - invoked + 0.00001
    return {
      invoked: invoked + shift,
      ...(completed !== undefined && { completed: completed + shift }),
    }
  },
  ({ invoked, completed }) =>
    completed === undefined ? {} : { completed: (invoked + completed) / 2 },
  ({ outcome }) => (outcome === 'ok' ? { outcome: 'refused' } : {}),
  ({ outcome, level }) =>
    outcome === 'ok' && level === 'readCommitted' ? { level: 'serializable' } : {},
  // A part of a write did not happen, or belongs to nobody.
  ({ writes }) => ({ writes: writes.slice(1) }),
  ({ writes }) => ({ writes: writes.map((w) => ({ ...w, versions: w.versions.slice(-1) })) }),
]

const corruptions: fc.Arbitrary<Corruption> = fc
  .record({ change: fc.constantFrom(...changes), victim: fc.nat(), other: fc.nat() })
  .map(({ change, victim, other }) => (operations) => {
    const count = operations.length
    // The first operation from the victim on that the change has an effect on.
    for (let i = 0; i < count; i++) {
      const at = (victim + i) % count
      const operation = operations[at] as Operation
      const changed = { ...operation, ...change(operation, operations[other % count] as Operation) }
      if (JSON.stringify(changed) !== JSON.stringify(operation)) return operations.with(at, changed)
    }
    return [...operations]
  })

/** Histories that were legal before they were changed up to three times. */
export function arbitraryCorrupted(shape: HistoryShape): fc.Arbitrary<Operation[]> {
  return fc
    .tuple(legalHistories(shape), fc.array(corruptions, { maxLength: 3, size: 'max' }))
    .map(([operations, list]) => list.reduce((history, corrupt) => corrupt(history), operations))
}
