import type { CommitMember, Committer } from '../commits/committer.ts'
import { itemsRange, setOrderKey } from '../layout/storeKeys.ts'
import {
  keyBehind,
  type Bytes,
  type Expectation,
  type StorageEngine,
  type StorageWrite,
  type Version,
} from '../storage/engine.ts'
import { inSetOrder } from '../values/storedSets.ts'
import type { Job } from './backgroundWork.ts'

const mostValuesPerStep = 1000
const bytesPerStep = 1024 * 1024

export interface SetOrderingOptions {
  /** The store as it is: its values are not put in order on their way out. */
  readonly engine: StorageEngine
  readonly commits: Committer
  /** Called when all sets are in order. */
  readonly whenDone: () => void
}

/**
 * Puts the sets of an older store in order, values of items and index entries alike, in the order
 * of their keys. How far it has come is committed with each step, so that after a crash it goes on
 * from there, or another server does. INVARIANT: whatever is written beside it is in order, so that
 * everything up to the noted key is.
 *
 * A step reads first and is committed when its turn has come: what somebody else has written
 * meanwhile is in order already and stays. Where others write too, the commit relies on what it
 * replaces.
 */
export function setOrdering(options: SetOrderingOptions): Job {
  const { engine, commits, whenDone } = options
  return {
    name: 'set order',
    task: 'putting the sets of an older store in order',
    async step(lease) {
      const [position] = await engine.read([setOrderKey])
      if (position !== undefined) {
        const stretch = await readStretch(engine, position.value)
        const relied = [...lease.fence, { key: setOrderKey, version: position.version }]
        await commits.submit(() => ordering(engine, stretch, relied))
        if (stretch.end !== undefined) return 'more'
      }
      whenDone()
      return 'done'
    },
  }
}

/** A value that is out of order. */
interface Unordered {
  readonly key: Bytes
  readonly version: Version
  readonly ordered: Bytes
}

/** The values behind some key. */
interface Stretch {
  readonly unordered: readonly Unordered[]
  /** The key of the last value; undefined when there are no further ones. */
  readonly end: Bytes | undefined
}

async function readStretch(engine: StorageEngine, position: Bytes): Promise<Stretch> {
  const unordered: Unordered[] = []
  let count = 0
  let sizeBytes = 0
  const start = keyBehind(position)
  const snapshot = engine.snapshot()
  try {
    for await (const { key, value } of snapshot.range({ start, end: itemsRange.end })) {
      const ordered = inSetOrder(value)
      if (ordered !== value) unordered.push({ key, version: engine.versionOf(value), ordered })
      count += 1
      sizeBytes += value.length
      if (count >= mostValuesPerStep || sizeBytes >= bytesPerStep) return { unordered, end: key }
    }
    return { unordered, end: undefined }
  } finally {
    snapshot.close()
  }
}

async function ordering(
  engine: StorageEngine,
  { unordered, end }: Stretch,
  relied: readonly Expectation[],
): Promise<CommitMember> {
  const found = unordered.length === 0 ? [] : await engine.read(unordered.map(({ key }) => key))
  const expectations: Expectation[] = [...relied]
  const writes: StorageWrite[] = [{ key: setOrderKey, value: end }]
  unordered.forEach(({ key, version, ordered }, i) => {
    if (found[i]?.version !== version) return
    expectations.push({ key, version })
    writes.push({ key, value: ordered })
  })
  return { expectations, writes, effects: [] }
}
