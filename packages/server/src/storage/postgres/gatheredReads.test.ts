import { expect, test } from 'vitest'
import { systemClock } from '../../clock.ts'
import type { Bytes } from '../engine.ts'
import { GatheredReads } from './gatheredReads.ts'

/** Statements that are answered one by one, when the test says so. */
class Statements {
  readonly asked: string[][] = []
  readonly #answers: (() => void)[] = []
  readonly reads = new GatheredReads((keys) => this.#ask(keys), systemClock)
  failure: Error | undefined

  #ask(keys: readonly Bytes[]): Promise<(readonly string[])[]> {
    const names = keys.map((key) => Buffer.from(key).toString())
    this.asked.push(names)
    return new Promise((resolve, reject) => {
      const { failure } = this
      this.#answers.push(() =>
        failure === undefined ? resolve(names.map((name) => [name])) : reject(failure),
      )
    })
  }

  answer(): void {
    this.#answers.shift()?.()
  }

  read(...names: string[]): Promise<(string | null | undefined)[]> {
    const rows = this.reads.read(names.map((name) => Buffer.from(name)))
    return rows.then((each) => each.map((row) => row?.[0]))
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('what is asked for in one moment is one statement, with each key once', async () => {
  const statements = new Statements()
  const reads = [statements.read('a', 'b'), statements.read('c', 'a'), statements.read('b')]
  expect(statements.asked).toEqual([])
  await turn()
  expect(statements.asked).toEqual([['a', 'b', 'c']])
  statements.answer()
  expect(await Promise.all(reads)).toEqual([['a', 'b'], ['c', 'a'], ['b']])
})

test('a read never joins a statement that was sent before it', async () => {
  const statements = new Statements()
  void statements.read('a')
  await turn()
  void statements.read('a')
  await turn()
  expect(statements.asked).toEqual([['a'], ['a']])
})

test('while enough are under way the others wait, and go together', async () => {
  const statements = new Statements()
  for (let i = 0; i < 10; i++) {
    void statements.read(`${i}`)
    await turn()
  }
  expect(statements.asked).toEqual([['0'], ['1'], ['2'], ['3']])
  statements.answer()
  await turn()
  await turn()
  expect(statements.asked.at(-1)).toEqual(['4', '5', '6', '7', '8', '9'])
})

test('a statement has so many keys at most, and a read of many is one by itself', async () => {
  const statements = new Statements()
  const many = Array.from({ length: 40 }, (_, i) => `many ${i}`)
  void statements.read(...many)
  expect(statements.asked).toEqual([many])
  for (let i = 0; i < 130; i++) void statements.read(`${i}`)
  await turn()
  await turn()
  expect(statements.asked.map((keys) => keys.length)).toEqual([40, 128, 2])
})

test('a statement that fails fails all of its reads, and the next one is sent', async () => {
  const statements = new Statements()
  statements.failure = new Error('gone')
  const reads = [statements.read('a'), statements.read('b')]
  await turn()
  statements.answer()
  for (const read of reads) await expect(read).rejects.toThrow('gone')
  statements.failure = undefined
  const next = statements.read('c')
  await turn()
  statements.answer()
  expect(await next).toEqual(['c'])
})
