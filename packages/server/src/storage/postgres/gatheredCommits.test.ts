import { expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import { StorageConflict, type Expectation, type StorageWrite } from '../engine.ts'
import type { ListedCommit } from './commitRequest.ts'
import { GatheredCommits } from './gatheredCommits.ts'

const put = (name: string): StorageWrite => ({ key: Buffer.from(name), value: Buffer.from('') })
const relied = (name: string): Expectation => ({ key: Buffer.from(name), version: undefined })
const commitOf = (writes: string[], expectations: string[] = []): ListedCommit => ({
  writes: writes.map(put),
  expectations: expectations.map(relied),
})

/** Groups that are made one by one, when the test says so. */
class Groups {
  readonly asked: string[][] = []
  readonly #outcomes: ((refused: readonly number[] | Error) => void)[] = []
  readonly #gathered = new GatheredCommits((group) => this.#make(group), systemClock)

  #make(group: readonly ListedCommit[]): Promise<readonly number[]> {
    this.asked.push(group.flatMap(({ writes }) => writes.map(({ key }) => String(key))))
    return new Promise((resolve, reject) => {
      this.#outcomes.push((outcome) =>
        outcome instanceof Error ? reject(outcome) : resolve(outcome),
      )
    })
  }

  end(outcome: readonly number[] | Error = []): void {
    this.#outcomes.shift()?.(outcome)
  }

  commit(writes: string[], expectations?: string[], bytes = 1): Promise<void> {
    const made = this.#gathered.commit(commitOf(writes, expectations), bytes)
    made.catch(() => undefined)
    return made
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('commits of one moment are one group, and each is refused or not by itself', async () => {
  const groups = new Groups()
  const made = ['a', 'b', 'c'].map((name) => groups.commit([name], ['table']))
  await turn()
  expect(groups.asked).toEqual([['a', 'b', 'c']])
  groups.end([1])
  expect((await Promise.allSettled(made)).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  await expect(made[1]).rejects.toBeInstanceOf(StorageConflict)
})

test('a commit is in no group with one that writes what it writes or relies on', async () => {
  const groups = new Groups()
  void groups.commit(['a'], ['b'])
  void groups.commit(['b'])
  void groups.commit(['a'])
  void groups.commit(['c'], ['a'])
  void groups.commit(['d'], ['b'])
  await turn()
  await turn()
  await turn()
  expect(groups.asked).toEqual([['a', 'd'], ['b', 'a'], ['c']])
})

test('a failure is that of all', async () => {
  const groups = new Groups()
  const made = ['a', 'b'].map((name) => groups.commit([name]))
  await turn()
  groups.end(new Error('gone'))
  for (const each of made) await expect(each).rejects.toThrow('gone')
})

test('a group has so many members and bytes at most', async () => {
  const groups = new Groups()
  for (let i = 0; i < 33; i++) void groups.commit([`${i}`])
  await turn()
  await turn()
  void groups.commit(['large'], [], 2 ** 20)
  void groups.commit(['another'], [], 2 ** 20)
  await turn()
  await turn()
  expect(groups.asked.map((names) => names.length)).toEqual([32, 1, 1, 1])
})

test('while enough are under way the others wait, and go together', async () => {
  const groups = new Groups()
  for (let i = 0; i < 12; i++) {
    void groups.commit([`${i}`])
    await turn()
  }
  expect(groups.asked).toHaveLength(8)
  groups.end()
  await turn()
  await turn()
  expect(groups.asked.at(-1)).toEqual(['8', '9', '10', '11'])
})
