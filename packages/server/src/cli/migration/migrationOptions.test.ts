import { describe, expect, test } from 'vitest'
import { parseCommandLine, type Command } from '../commandLine.ts'
import { UsageError } from '../operatorError.ts'
import { nameOfPlace } from './migrationOptions.ts'

const address = 'postgres://ann:secret@one,two:5433/db?schema=s'
const commandOf = (...args: string[]): Command => parseCommandLine(['migrate', ...args])

test.each([
  ['./data', address],
  [address, './data'],
])('a store moves from %s to %s', (from, to) => {
  const place = (text: string): object =>
    text === address ? { kind: 'engine', address } : { kind: 'directory', directory: text }
  expect(commandOf('--from', from, `--to=${to}`)).toEqual({
    kind: 'migrate',
    options: { from: place(from), to: place(to), cancel: false },
  })
  expect(commandOf('--from', from, '--to', to, '--cancel')).toMatchObject({
    options: { cancel: true },
  })
})

test('a place has one name, without a password', () => {
  expect(nameOfPlace({ kind: 'directory', directory: '/a/./b/../c/' })).toBe('/a/c')
  expect(nameOfPlace({ kind: 'engine', address })).toBe(
    'postgres://ann:********@one,two:5433/db?schema=s',
  )
})

describe('a command line is refused', () => {
  const both = 'migrate moves a store between a data directory and postgres://.'
  test.each([
    [[], 'migrate needs --from and --to.'],
    [['--from', 'a'], 'migrate needs --from and --to.'],
    [['--from', 'a', '--to', 'b'], both],
    [['--from', address, '--to', 'postgresql://a@b/c'], both],
    [['--from', '', '--to', address], '--from needs a value.'],
    [
      ['--from', 'a', '--to', 'mysql://a@b/c'],
      'There is no engine mysql: --to takes a data directory, or postgres://user@host/database.',
    ],
    [['--from', 'a', '--to', address, 'more'], 'Unknown command more.'],
  ])('%j', (args, sentence) => {
    expect(() => commandOf(...args)).toThrow(new UsageError(sentence))
  })

  test('that has two stores to be checked', () => {
    const args = ['check', '--data-dir', 'd', '--engine', address]
    const refusal = new UsageError('--data-dir and --engine exclude each other.')
    expect(() => parseCommandLine(args)).toThrow(refusal)
    expect(parseCommandLine(['check', '--engine', address])).toMatchObject({ engine: address })
  })
})
