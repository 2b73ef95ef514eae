import { describe, expect, it } from 'vitest'
import { ItemImage } from '../items/itemImage.ts'
import { maxBatchWaitMs, maxBundledImageBytes } from '../limits.ts'
import { StorageFailure } from '../storage/engine.ts'
import {
  loopTurns,
  openCoordinator,
  openHeldCoordinator,
  refusalOf,
  type OpenCoordinator,
} from '../testing/openCoordinator.ts'
import type { PassingWrite, PointName, Points } from './points.ts'
import type { WriteAction, WriteResult } from './writePlan.ts'

const ids = Array.from({ length: 25 }, (_, i) => `item ${i}`)

/** What is told of a batch, by position, as it is told. */
class Told {
  readonly outcomes: (WriteResult | Error | undefined)[] = []
  /** Settles with the batch. */
  readonly end: Promise<void>

  constructor({ coordinator }: OpenCoordinator, actions: readonly WriteAction[]) {
    this.end = coordinator.writeBatch(actions, (position, outcome) => {
      expect(this.outcomes[position]).toBeUndefined()
      this.outcomes[position] = outcome
    })
  }

  /** `done`, the name of an error, or nothing for what is not told yet. */
  get list(): (string | undefined)[] {
    return Array.from(this.outcomes, (outcome) =>
      outcome instanceof Error ? outcome.name : outcome && 'done',
    )
  }
}

/** Commits that were asked of the engine. */
const commitsOf = ({ engine }: OpenCoordinator): number => engine.asked.length

/** How many commits are submitted from now on. */
function submissionsOf({ commits }: OpenCoordinator): () => number {
  let submitted = 0
  const submit = commits.submit.bind(commits)
  commits.submit = (member) => {
    submitted += 1
    return submit(member)
  }
  return () => submitted
}

/** Lets the engine refuse commits that write the item `id`. */
function refuse({ engine, put }: OpenCoordinator, id: string): void {
  const { rowKey } = put(id)
  engine.meet = (call, writes) => {
    if (call !== 'commit' || !writes.some(({ key }) => rowKey.equals(key))) return
    throw new StorageFailure(`it does not take ${id}`)
  }
}

describe('the writes of a batch', () => {
  it('are one commit, and tell what each found and left', async () => {
    const open = openCoordinator()
    const { coordinator, put, remove, read } = open
    await coordinator.write(put('item 1', { v: { S: 'old' } }))
    await coordinator.write(put('item 2'))
    const submissions = submissionsOf(open)
    const told = new Told(
      open,
      ids.map((id) => (id === 'item 2' ? remove(id) : put(id, { v: { S: id } }))),
    )
    await told.end
    expect(submissions()).toBe(1)
    expect(told.list).toEqual(ids.map(() => 'done'))
    const [first, second, third] = told.outcomes as WriteResult[]
    expect([first?.before, first?.after?.item['v']]).toEqual([undefined, { S: 'item 0' }])
    expect(second?.before?.item['v']).toEqual({ S: 'old' })
    expect([third?.before?.item, third?.after]).toEqual([{ id: { S: 'item 2' } }, undefined])
    expect((await read('item 24'))?.['v']).toEqual({ S: 'item 24' })
    expect(await read('item 2')).toBeUndefined()
  })

  it('are no commit where they change nothing', async () => {
    const open = openCoordinator()
    const told = new Told(open, [open.remove('a'), open.remove('b')])
    await told.end
    expect([told.list, commitsOf(open)]).toEqual([['done', 'done'], 0])
  })

  it('are built upon before they are durable, and nobody is told earlier', async () => {
    const open = openCoordinator()
    const { engine, coordinator, put, add } = open
    engine.hold()
    const told = new Told(open, [put('a', { n: { N: '1' } }), put('b')])
    await loopTurns()
    const single = coordinator.write(add('a', '1', 'attribute_exists(n)'))
    const next = new Told(open, [put('a', { n: { N: '9' } }), put('c')])
    await loopTurns()
    expect([told.list, next.list]).toEqual([[], []])
    engine.release()
    expect((await single).after?.item['n']).toEqual({ N: '2' })
    await Promise.all([told.end, next.end])
    expect((next.outcomes[0] as WriteResult).before?.item['n']).toEqual({ N: '2' })
    expect((await open.read('a'))?.['n']).toEqual({ N: '9' })
  })

  it('leave no notes behind', async () => {
    const open = openCoordinator({ maxWriteBytes: 40_000 })
    const { engine, coordinator, put } = open
    const submissions = submissionsOf(open)
    for (let i = 0; i < 200; i++) await new Told(open, [put('a'), put('b')]).end
    // Each would be by itself if the bytes of those before still counted.
    expect(submissions()).toBe(200)
    const readBefore = engine.keysRead
    // A write of an item whose image had stayed would not ask the store.
    await coordinator.write(put('a'))
    expect(engine.keysRead).toBe(readBefore + 1)
  })

  it('pass the points together, where nobody holds them up', async () => {
    const passed: [PointName, number][] = []
    const at = (point: PointName, { actions }: PassingWrite): undefined =>
      void passed.push([point, actions.length])
    const write = async (points: Points): Promise<[PointName, number][]> => {
      const open = openCoordinator({ points })
      await new Told(open, [open.put('a'), open.put('b')]).end
      await loopTurns()
      return passed.splice(0)
    }
    const names = ['claimed', 'judged', 'submitted', 'durable', 'answered'] as const
    expect(await write({ letsWritesPass: true, at })).toEqual(names.map((name) => [name, 2]))
    expect(await write({ at })).toEqual(
      expect.arrayContaining(
        names.flatMap((name) => [
          [name, 1],
          [name, 1],
        ]),
      ),
    )
  })
})

describe('a write of a batch is by itself', () => {
  it('when the store does not take another one', async () => {
    const open = openCoordinator()
    refuse(open, 'item 7')
    const told = new Told(
      open,
      ids.map((id) => open.put(id)),
    )
    await told.end
    expect(told.list).toEqual(ids.map((id) => (id === 'item 7' ? 'StorageFailure' : 'done')))
    expect(await open.read('item 7')).toBeUndefined()
    expect(await open.read('item 24')).toEqual({ id: { S: 'item 24' } })
  })

  it('when a fault of another one shows', async () => {
    const open = openCoordinator()
    const tooLarge = open.put('large', { v: { S: 'x'.repeat(410_000) } })
    const told = new Told(open, [open.put('a'), tooLarge, open.put('b')])
    await told.end
    expect(told.list).toEqual(['done', 'ValidationException', 'done'])
    expect(await open.read('b')).toEqual({ id: { S: 'b' } })
  })

  it('when a transaction holds the item of another one, which waits', async () => {
    const held = openHeldCoordinator('claimed')
    const { points, coordinator, clock, put, read } = held
    const transaction = coordinator.transact({ actions: [put('b')], token: undefined })
    await points.waits()
    const told = new Told(held, [put('a'), put('b', { v: { S: 'batch' } }), put('c')])
    await loopTurns()
    expect(told.list).toEqual(['done', undefined, 'done'])
    expect(await read('c')).toEqual({ id: { S: 'c' } })
    const refused = new Told(held, [put('b'), put('d')])
    clock.advance(maxBatchWaitMs)
    points.letGo()
    await Promise.all([transaction, told.end, refused.end])
    expect(told.list).toEqual(['done', 'TransactionConflictException', 'done'])
    expect(refused.list).toEqual(['TransactionConflictException', 'done'])
  })

  it('when single writes are at the item of another one', async () => {
    const open = openCoordinator()
    const { engine, coordinator, add, put } = open
    engine.hold()
    const single = coordinator.write(add('a', '1'))
    const told = new Told(open, [put('a', { n: { N: '5' } }), put('b'), put('c')])
    await loopTurns()
    engine.release()
    await Promise.all([single, told.end])
    expect((told.outcomes[0] as WriteResult).before?.item['n']).toEqual({ N: '1' })
    expect((await open.read('a'))?.['n']).toEqual({ N: '5' })
  })

  it('when all of them are much, or memory is short', async () => {
    const large = { v: { S: 'x'.repeat(maxBundledImageBytes / 20) } }
    for (const maxWriteBytes of [undefined, 0]) {
      const open = openCoordinator(maxWriteBytes === undefined ? {} : { maxWriteBytes })
      const attributes = maxWriteBytes === undefined ? large : {}
      const submissions = submissionsOf(open)
      const told = new Told(
        open,
        ids.map((id) => open.put(id, attributes)),
      )
      await told.end
      expect([told.list, submissions()]).toEqual([ids.map(() => 'done'), ids.length])
      expect(await open.read('item 24')).toEqual({ id: { S: 'item 24' }, ...attributes })
    }
  })

  it('when the store answers later', async () => {
    const open = openCoordinator()
    open.engine.answers = 'later'
    const submissions = submissionsOf(open)
    const told = new Told(
      open,
      ids.map((id) => open.put(id)),
    )
    await told.end
    expect([told.list, submissions()]).toEqual([ids.map(() => 'done'), ids.length])
  })
})

describe('what a batch is built on', () => {
  it('takes it along when it was refused for what it found', async () => {
    const open = openCoordinator()
    const { engine, coordinator, store, put } = open
    await coordinator.write(put('a'))
    engine.hold()
    const actions = [put('a', { v: { S: '1' } }, 'attribute_not_exists(v)')]
    const first = coordinator.transact({ actions, token: undefined })
    await loopTurns()
    const told = new Told(open, [put('a', { v: { S: '2' } }), put('b')])
    await loopTurns()
    const { rowKey } = put('a')
    const foreign = ItemImage.ofItem({ id: { S: 'a' }, v: { S: 'foreign' } }).stored
    await store.commit([], [{ key: rowKey, value: foreign }])
    engine.release()
    await Promise.all([refusalOf(first), told.end])
    expect(told.list).toEqual(['done', 'done'])
    expect((told.outcomes[0] as WriteResult).before?.item['v']).toEqual({ S: 'foreign' })
    expect((await open.read('a'))?.['v']).toEqual({ S: '2' })
  })

  it('fails it with what the store did not take', async () => {
    const open = openCoordinator()
    const { engine, coordinator, put } = open
    engine.hold()
    const first = coordinator.transact({ actions: [put('a')], token: undefined })
    await loopTurns()
    const told = new Told(open, [put('a', { v: { S: '2' } }), put('b')])
    await loopTurns()
    engine.meet = (call) => {
      engine.meet = () => undefined
      if (call === 'commit') throw new StorageFailure('no space is left')
    }
    engine.release()
    await expect(first).rejects.toThrow('no space is left')
    await told.end
    expect(told.list).toEqual(['StorageFailure', 'StorageFailure'])
    expect(await open.read('b')).toBeUndefined()
  })

  it('refuses all of it when the table is gone', async () => {
    const open = openCoordinator()
    open.table.dropped = true
    const told = new Told(open, [open.put('a'), open.put('b')])
    await told.end
    expect(told.list).toEqual(['ResourceNotFoundException', 'ResourceNotFoundException'])
    expect(commitsOf(open)).toBe(0)
  })
})
