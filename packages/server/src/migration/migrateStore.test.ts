import { beforeEach, describe, expect, test } from 'vitest'
import { checkStore } from '../check/checkStore.ts'
import { systemClock, type Clock } from '../clock.ts'
import { encodeCounterChanges } from '../commits/counterChanges.ts'
import { arrivalOf, arrivingMark, ensureStoreFormat } from '../layout/storeFormat.ts'
import {
  catalogVersionKey,
  counterChangeKey,
  everything,
  formatKey,
  itemsRange,
  leaseKey,
  setOrderKey,
  tableCounterKey,
} from '../layout/storeKeys.ts'
import { NotNow } from '../storage/changeLog.ts'
import { StorageEnded, StorageFailure, type Bytes } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { WatchedEngine, type Retirement } from '../storage/watchedEngine.ts'
import { openDataPlane, type DataPlane } from '../testing/dataPlane.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { decodeCounter } from '../commits/counters.ts'
import { migrateStore, type MigrationEvent, type MigrationOptions } from './migrateStore.ts'
import { MigrationFault } from './migrationFault.ts'

const journey = { from: '/here', to: 'postgres://there', mover: 'one' }

/** A note that outlives who made it. */
class Note implements Retirement {
  to: string | undefined
  retire(to: string): Promise<void> {
    this.to = to
    return Promise.resolve()
  }
  restore(): Promise<void> {
    this.to = undefined
    return Promise.resolve()
  }
}

let store: MemoryEngine
let note: Note
let source: WatchedEngine
let plane: DataPlane
let targetStore: MemoryEngine
let target: FaultyEngine
let events: MigrationEvent[]

beforeEach(async () => {
  store = new MemoryEngine()
  note = new Note()
  source = new WatchedEngine(store, note)
  await ensureStoreFormat(source, '111122223333')
  plane = await openDataPlane({ engine: source })
  await plane.createTable('Things', ['id:S', 'n:N'], {
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'n', AttributeType: 'N' },
      { AttributeName: 'who', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'ByWho',
        KeySchema: [{ AttributeName: 'who', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  })
  for (let n = 0; n < 40; n += 1) await put('first', n, 'v'.repeat(40_000))
  targetStore = new MemoryEngine()
  target = new FaultyEngine({ store: targetStore, answers: 'later', commitsLater: true })
  events = []
})

async function put(id: string, n: number, who: string): Promise<void> {
  const Item = { id: { S: id }, n: { N: `${n}` }, who: { S: who.slice(0, 20) }, more: { S: who } }
  const response = await plane.call('PutItem', { TableName: 'Things', Item })
  if ('__type' in response) throw new Error(JSON.stringify(response))
}

const remove = (id: string, n: number): Promise<unknown> =>
  plane.call('DeleteItem', {
    TableName: 'Things',
    Key: { id: { S: id }, n: { N: `${n}` } },
  })

async function migrate(more: Partial<MigrationOptions> = {}): Promise<void> {
  await migrateStore({
    log: await source.changeLog(),
    target,
    journey,
    clock: systemClock,
    tell: (event) => void events.push(event),
    isServed: true,
    goOn: () => undefined,
    ...more,
  })
}

function entriesOf(engine: MemoryEngine): [string, string][] {
  const entries: [string, string][] = []
  for (const { key, value } of engine.snapshot().range(everything)) {
    if (Buffer.compare(key, formatKey) === 0) continue
    entries.push([Buffer.from(key).toString('latin1'), Buffer.from(value).toString('latin1')])
  }
  return entries
}

async function expectMoved(): Promise<void> {
  expect(entriesOf(targetStore)).toEqual(entriesOf(store))
  expect(await checkStore(targetStore)).toEqual([])
  const mark = targetStore.get(formatKey) as Bytes
  expect(Buffer.from(mark).toString()).toBe('{"format":5,"arrived":"/here"}')
  expect(await ensureStoreFormat(targetStore)).toEqual({
    accountId: '111122223333',
    orderedUpTo: undefined,
  })
  expect(note.to).toBe(journey.to)
}

/** As after the death of the process: what it had in memory is gone. */
async function restart(): Promise<void> {
  source = new WatchedEngine(store, note)
  plane = await openDataPlane({ engine: source })
  target = new FaultyEngine({ store: targetStore, answers: 'later', commitsLater: true })
}

test('a store at rest is moved, compared and checked, and nobody opens the copy before', async () => {
  let marks = 0
  target.meet = (call) => {
    const mark = targetStore.get(formatKey)
    if (call !== 'commit' || mark === undefined) return
    marks += 1
    expect(arrivalOf(mark)).toEqual({ from: '/here', isWhole: false })
  }
  await migrate()
  expect(marks).toBeGreaterThan(2)
  await expectMoved()
  const [began, copied, compared, checked, moved, ...others] = events
  expect(began).toEqual({ kind: 'began', target: 'new' })
  const entries = entriesOf(store).length
  for (const told of [copied, compared]) expect(told).toMatchObject({ entries })
  const report = { findings: [], findingCount: 0, itemCount: 40, tableCount: 1 }
  expect(checked).toEqual({ kind: 'checked', report })
  expect(moved).toEqual({ kind: 'moved', stoppedMs: expect.any(Number) })
  expect(others).toEqual([])
})

test('what is written meanwhile is in the copy when it was acknowledged, and else in neither', async () => {
  const written = { isOver: false, refused: 0, acknowledged: 0 }
  const writer = async (id: string): Promise<void> => {
    for (let n = 0; !written.isOver; n += 1) {
      try {
        if (n % 3 === 2) await remove(id, n - 1)
        else await put(id, n, `${id}${n}`)
        written.acknowledged += 1
        await new Promise((resolve) => setImmediate(resolve))
      } catch (error) {
        written.refused += 1
        expect(error).toBeInstanceOf(Error)
        return
      }
    }
  }
  const writers = ['a', 'first', 'z'].map(writer)
  await migrate()
  written.isOver = true
  await Promise.all(writers)
  expect(written.acknowledged).toBeGreaterThan(20)
  await expectMoved()
})

test('a commit that comes when the store is given up waits, and fails when it is', async () => {
  let late: Promise<unknown> | undefined
  target.meet = (call, writes) => {
    const isLast = writes.some(({ key }) => Buffer.compare(key, formatKey) === 0)
    if (call !== 'commit' || !isLast || events.length < 2) return
    late = source.commit([], [{ key: Buffer.from([0x0c, 1]), value: Buffer.from('late') }])
    late.catch(() => undefined)
  }
  await migrate()
  await expect(late).rejects.toThrow(new StorageEnded('the store has been moved'))
  await expectMoved()
})

describe('a process that dies', () => {
  test('behind any commit of the copy leaves what the next one completes', async () => {
    for (let commits = 0; ; commits += 1) {
      target.dieAfter(commits)
      const attempt = migrate()
      attempt.catch(() => undefined)
      const ended = await Promise.race([
        attempt.then(() => 'moved'),
        new Promise<string>((resolve) => {
          const look = (): unknown => (target.isDead ? resolve('dead') : setTimeout(look, 1))
          look()
        }),
      ])
      if (ended === 'moved') break
      await restart()
      // Before it was given up the source is in use again; afterwards nobody opens it.
      if (note.to === undefined) await put('between', commits, 'x'.repeat(30_000))
      if (note.to === undefined) await remove('first', commits)
    }
    await expectMoved()
  })

  test('when it had given the source up, and the copy is not whole, has not given it up', async () => {
    note.to = journey.to
    await targetStore.commit([], [{ key: formatKey, value: arrivingMark('/here', 'dead') }])
    let isResumed = false
    await migrate({
      tell: (event) => {
        events.push(event)
        if (event.kind === 'checked') isResumed = note.to === undefined
      },
    })
    expect(events[0]).toEqual({ kind: 'began', target: 'begun' })
    expect(isResumed).toBe(true)
    await expectMoved()
  })

  test('after the last commit is told that it is done', async () => {
    await migrate()
    await restart()
    events = []
    await migrate()
    expect(events).toEqual([{ kind: 'began', target: 'whole' }])
    await expectMoved()
  })
})

test('a target that fails at any commit leaves a source that goes on', async () => {
  for (let failing = 0; ; failing += 1) {
    let commits = 0
    target.meet = (call) => {
      if (call === 'commit' && commits++ === failing) throw new Error('no room')
    }
    try {
      await migrate()
      break
    } catch (error) {
      expect((error as Error).message).toBe('no room')
    }
    expect(note.to).toBeUndefined()
    await put('after', failing, 'y')
  }
  await expectMoved()
})

test('an engine that is away for a while at any commit is waited for, and all compared anew', async () => {
  const attempts = { begun: 0, commits: 0 }
  target.meet = (call) => {
    if (call !== 'commit') return
    attempts.commits += 1
    if (attempts.commits <= attempts.begun) return
    Object.assign(attempts, { begun: attempts.begun + 1, commits: 0 })
    throw new StorageFailure('away')
  }
  await migrate({ pauses: Array<number>(100).fill(1) })
  expect(attempts.begun).toBeGreaterThan(3)
  const again = { kind: 'again', error: new StorageFailure('away') }
  expect(events.filter(({ kind }) => kind === 'again')).toHaveLength(attempts.begun)
  expect(events).toContainEqual(again)
  await expectMoved()
})

test('an engine that does not come back is told of in the end', async () => {
  target.meet = (call) => {
    if (call === 'commit') throw new StorageFailure('away')
  }
  await expect(migrate({ pauses: [1, 1] })).rejects.toThrow(new StorageFailure('away'))
  expect(events.map(({ kind }) => kind)).toEqual(['again', 'again'])
  await put('still', 1, 'there')
})

test('where something stands in the way of the last step writes go on for a while', async () => {
  const log = await source.changeLog()
  const time = { passedMs: 0, isHeld: true }
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() + time.passedMs,
    startTimer: (ms, work) =>
      systemClock.startTimer(1, () => {
        time.passedMs += ms
        work()
      }),
  }
  const retire = async (to: string): Promise<void> => {
    if (!time.isHeld) return log.retire(to)
    time.isHeld = false
    time.passedMs = 0
    throw new NotNow('a read does not end')
  }
  const tell = (event: MigrationEvent): void => {
    events.push(event)
    if (event.kind !== 'waiting') return
    expect(event.reason).toBe('others')
    void put('after', 1, 'z')
  }
  await migrate({ clock, tell, log: { ...log, retire } })
  const expected = ['began', 'copy', 'compare', 'checked', 'waiting', 'moved']
  expect(events.map(({ kind }) => kind)).toEqual(expected)
  expect(time.passedMs).toBeGreaterThan(29_000)
  await expectMoved()
})

test('a last commit whose failure hides that it took place is one that did', async () => {
  const commit = target.commit.bind(target)
  target.commit = async (expectations, writes) => {
    await commit(expectations, writes)
    const isOpening = Array.isArray(writes) && writes.some(({ key }) => key[0] === 1)
    if (isOpening && events.length > 1) throw new Error('the answer was lost')
  }
  await migrate()
  await expectMoved()
})

test('a target that is gone in the last step leaves neither in use', async () => {
  const commit = target.commit.bind(target)
  target.commit = async (expectations, writes) => {
    const isOpening = Array.isArray(writes) && writes.some(({ key }) => key[0] === 1)
    if (isOpening && events.length > 1) {
      target.meet = () => {
        throw new Error('gone')
      }
    }
    return commit(expectations, writes)
  }
  await expect(migrate()).rejects.toThrow(
    'The target went away in the last step, and nobody takes writes; ' +
      'run dynatom migrate again with the same --from and --to.',
  )
  expect(note.to).toBe(journey.to)
  await restart()
  await migrate()
  await expectMoved()
})

test('whoever asks for an end before the last step has one', async () => {
  const ended = new Error('ended')
  const goOn = (): void => {
    if (events.length > 1) throw ended
  }
  await expect(migrate({ goOn })).rejects.toBe(ended)
  await put('still', 1, 'there')
  await migrate()
  await expectMoved()
})

test('a copy that is not what it should be is found, and the source stays', async () => {
  // A write that is reported as done and is not.
  target.meet = (call, writes) => {
    const row = writes.find(({ key }) => key[0] === 0x10)
    if (call !== 'commit' || row === undefined) return
    target.meet = () => undefined
    const spoilt = { key: row.key, value: Buffer.from('spoilt') }
    setImmediate(() => void targetStore.commit([], [spoilt]))
  }
  await expect(migrate()).rejects.toThrow(/^The copy differs from the source at the key 10/)
  expect(note.to).toBeUndefined()
})

test('a source that is not consistent is not moved', async () => {
  await source.commit([], [{ key: tableCounterKey(1), value: Buffer.alloc(16) }])
  await expect(migrate()).rejects.toThrow(/^The check has 1 findings, the first of them counter/)
  expect(note.to).toBeUndefined()
})

test('of two who move one store the former one ends', async () => {
  const taken = { isOver: false }
  const goOn = async (): Promise<void> => {
    if (taken.isOver) return
    taken.isOver = true
    await migrate({ journey: { ...journey, mover: 'two' }, log: await source.changeLog() })
  }
  const other = { later: undefined as Promise<void> | undefined }
  const first = migrate({
    goOn: () => {
      other.later ??= goOn()
    },
  })
  await expect(first).rejects.toThrow('Another dynatom migrate moves this store by now.')
  await other.later
  await expectMoved()
})

describe('a target', () => {
  const refusalOf = async (more: Partial<MigrationOptions> = {}): Promise<string> => {
    const error = await migrate(more).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(MigrationFault)
    return (error as Error).message
  }

  test('that has a store is refused and left as it is', async () => {
    await ensureStoreFormat(targetStore, '999999999999')
    const before = entriesOf(targetStore)
    const sentence = 'There is a store in postgres://there already; one is moved to an empty place.'
    expect(await refusalOf()).toBe(sentence)
    expect(entriesOf(targetStore)).toEqual(before)
  })

  test('to which another store is being moved is refused', async () => {
    await targetStore.commit([], [{ key: formatKey, value: Buffer.from('{"arriving":"/other"}') }])
    expect(await refusalOf()).toBe(
      'The store of /other is being moved to postgres://there, and is not whole yet.',
    )
  })

  test('is not one for a store that was moved elsewhere, or whose copy is gone', async () => {
    note.to = 'postgres://elsewhere'
    const sentence = 'The store of /here was moved to postgres://elsewhere before.'
    expect(await refusalOf()).toBe(sentence)
    note.to = journey.to
    expect(await refusalOf()).toBe('The store of /here was moved to postgres://there before.')
  })

  test('that another store of the same name was moved to is refused', async () => {
    await migrate()
    note.to = undefined
    expect(await refusalOf()).toBe(
      'There is a store in postgres://there already; one is moved to an empty place.',
    )
  })
})

test('work of one server that another one cannot go on with is waited for', async () => {
  const waiting = { kind: 'waiting', reason: 'work' } as const
  await source.commit([], [{ key: setOrderKey, value: itemsRange.start }])
  await expect(migrate({ isServed: false })).rejects.toThrow(
    new MigrationFault(
      'The store has work that is not done, such as an index that is being built; start a server ' +
        'on it and run dynatom migrate while it runs.',
    ),
  )
  expect(events).not.toContainEqual(waiting)
  const tell = (event: MigrationEvent): void => {
    events.push(event)
    if (event.kind !== 'waiting') return
    void source.commit([], [{ key: setOrderKey, value: undefined }])
  }
  await migrate({ tell })
  expect(events).toContainEqual(waiting)
  await expectMoved()
})

test('a store that was shared has its counts added up, and no leases', async () => {
  const changes = [{ key: tableCounterKey(1), differences: [5, 70] }]
  const [count = 0, bytes = 0] = decodeCounter(store.get(tableCounterKey(1)) as Bytes)
  const less = Buffer.alloc(16)
  less.writeDoubleBE(count - 5, 0)
  less.writeDoubleBE(bytes - 70, 8)
  const gone = [{ key: tableCounterKey(99), differences: [1, 1] }]
  await source.commit(
    [],
    [
      { key: catalogVersionKey, value: Buffer.from('stamp') },
      { key: leaseKey('count folding'), value: Buffer.from('mine') },
      { key: tableCounterKey(1), value: less },
      { key: counterChangeKey(Buffer.alloc(8), 1), value: encodeCounterChanges(changes) },
      { key: counterChangeKey(Buffer.alloc(8), 2), value: encodeCounterChanges(gone) },
    ],
  )
  await migrate()
  const sole = new Set([0x0b, 0x0c, 0x0d])
  const first = (name: string): number => name.charCodeAt(0)
  expect(entriesOf(targetStore).filter(([name]) => sole.has(first(name)))).toEqual([])
  expect(decodeCounter(targetStore.get(tableCounterKey(1)) as Bytes)).toEqual([count, bytes])
  expect(targetStore.get(tableCounterKey(99))).toBeUndefined()
  expect(await checkStore(targetStore)).toEqual([])
})

test('writes that are asked for one after the other are noted, too', async () => {
  async function* writes(): AsyncGenerator<{ key: Bytes; value: Bytes }, void> {
    for (let n = 0; n < 5; n += 1) {
      yield { key: leaseKey(`lease ${n}`), value: Buffer.from('x') }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const log = await source.changeLog()
  const committed = source.commit([], writes())
  const during = await log.next()
  await during.settle()
  during.snapshot.close()
  await committed
  const after = await log.next()
  const keys = after.keys.map((key) => Buffer.from(key).toString('latin1').slice(1)).sort()
  expect(keys).toEqual(['lease 0', 'lease 1', 'lease 2', 'lease 3', 'lease 4'])
})

test('a commit that is under way beside a round is in the next one, too', async () => {
  const held = new FaultyEngine({ store })
  const watched = new WatchedEngine(held, note)
  const log = await watched.changeLog()
  held.hold()
  const key = leaseKey('late')
  const committed = watched.commit([], [{ key, value: Buffer.from('x') }])
  const early = await log.next()
  expect(early.keys).toEqual([key])
  await early.settle()
  early.snapshot.close()
  held.release()
  await committed
  const late = await log.next()
  expect(late.keys).toEqual([key])
  expect(late.snapshot.get(key)).toEqual(Buffer.from('x'))
})
