import { spawn } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import {
  asBuffer,
  type Entry,
  type StorageEngine,
} from '../../packages/server/src/storage/engine.ts'
import { openEngine } from '../../packages/server/src/cli/openEngine.ts'
import { LmdbEngine } from '../../packages/server/src/storage/lmdb/lmdbEngine.ts'
import { builtModule } from '../means/commandProcess.mjs'
import { temporaryDirectory } from '../means/dynatomProcess.ts'

const built = (path: string): string => JSON.stringify(builtModule(path))

/**
 * How a child opens an engine in `directory`: LMDB alone, what the server uses, and the same with a
 * journal so small that it is always on its way into the store.
 */
const openings = {
  lmdb: `
    import { LmdbEngine } from ${built('storage/lmdb/lmdbEngine.js')}
    const open = (directory) => LmdbEngine.open(directory)
  `,
  journal: `
    import { openEngine } from ${built('cli/openEngine.js')}
    const open = (dataDirectory) => openEngine({ dataDirectory })
  `,
  'small journal': `
    import { openEngine } from ${built('cli/openEngine.js')}
    const open = (dataDirectory) => openEngine({ dataDirectory, maxJournalBytes: 4000 })
  `,
} as const
type Opening = keyof typeof openings
const names = Object.keys(openings) as Opening[]

function reopen(opening: Opening, dataDirectory: string): Promise<StorageEngine> {
  return opening === 'lmdb' ? LmdbEngine.open(dataDirectory) : openEngine({ dataDirectory })
}

const textOf = (value: Uint8Array | undefined): string => asBuffer(value as Uint8Array).toString()

/**
 * Commits pairs of keys that belong together, and prints the number of each commit that returned.
 */
const writer = `
  const engine = await open(process.argv[1])
  const value = (i) => Buffer.from(String(i).repeat(1 + (i % 700)))
  for (let i = 0; ; i++) {
    await engine.commit([], [
      { key: Buffer.from('a' + i), value: value(i) },
      { key: Buffer.from('last'), value: Buffer.from(String(i)) },
      { key: Buffer.from('b' + i), value: value(i) },
    ])
    process.stdout.write(i + '\\n')
  }
`

/**
 * Runs the writer, kills it after it has reported \`commits\`, and gives the last one it reported.
 */
async function crashAfter(opening: Opening, directory: string, commits: number): Promise<number> {
  const script = openings[opening] + writer
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (output.split('\n').length > commits) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.once('close', resolve))
  return Number(output.slice(0, output.lastIndexOf('\n')).split('\n').pop())
}

describe.each(names)('%s under kill -9', (opening) => {
  test.each([1, 7, 60, 300])('keeps what %i commits acknowledged, each whole', async (commits) => {
    const directory = temporaryDirectory()
    const acknowledged = await crashAfter(opening, directory, commits)
    expect(acknowledged).toBeGreaterThanOrEqual(commits - 1)
    const engine = await reopen(opening, directory)
    const last = Number(textOf(await engine.get(Buffer.from('last'))))
    expect(last).toBeGreaterThanOrEqual(acknowledged)
    const snapshot = engine.snapshot()
    const entries: Entry[] = [
      ...(snapshot.range({ start: Buffer.from('a'), end: Buffer.from('c') }) as Iterable<Entry>),
    ]
    snapshot.close()
    const expected = Array.from({ length: last + 1 }, (_, i) => String(i).repeat(1 + (i % 700)))
    for (const prefix of ['a', 'b']) {
      const values = new Map(
        entries
          .map(({ key, value }) => [asBuffer(key).toString(), asBuffer(value).toString()] as const)
          .filter(([key]) => key.startsWith(prefix)),
      )
      expect(values.size).toBe(last + 1)
      expect(expected.every((value, i) => values.get(`${prefix}${i}`) === value)).toBe(true)
    }
    await engine.commit([], [{ key: Buffer.from('last'), value: undefined }])
    await engine.close()
  })
})

/**
 * Commits until a commit fails, and prints what failed, what is there then, and what was
 * acknowledged.
 */
const filler = `
  const engine = await open(process.argv[1])
  const last = () => Number(Buffer.from(engine.get(Buffer.from('last'))).toString())
  const commit = (i) => engine.commit([], [
    { key: Buffer.from('last'), value: Buffer.from(String(i)) },
    { key: Buffer.from('k' + i), value: Buffer.alloc(100_000, i) },
  ])
  let acknowledged = -1
  const failures = []
  for (let i = 0; i < 200 && failures.length < 3; i++) {
    try {
      await commit(i)
      acknowledged = i
    } catch (error) {
      failures.push(error.name)
    }
  }
  console.log(JSON.stringify({ failures, acknowledged, last: last() }))
  await engine.close()
`

describe.each(names)('%s when the disk is full', (opening) => {
  test('fails the commit, applies nothing of it and keeps what was there', async () => {
    const directory = temporaryDirectory()
    const limited = `ulimit -f 4000; exec "$0" --input-type=module -e "$1" "$2"`
    const child = spawn(
      'bash',
      ['-c', limited, process.execPath, openings[opening] + filler, directory],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    await new Promise((resolve) => child.once('close', resolve))
    const told = JSON.parse(output) as { failures: string[]; acknowledged: number; last: number }
    expect(told.failures).toEqual(Array.from({ length: 3 }, () => 'StorageFailure'))
    expect(told.acknowledged).toBeGreaterThan(5)
    expect(told.last).toBe(told.acknowledged)
    const engine = await reopen(opening, directory)
    const key = (i: number): Buffer => Buffer.from(`k${i}`)
    expect(engine.get(key(told.last))).toEqual(Buffer.alloc(100_000, told.last))
    expect(engine.get(key(told.last + 1))).toBeUndefined()
    await engine.commit([], [{ key: key(told.last + 1), value: Buffer.alloc(100_000) }])
    expect(engine.get(key(told.last + 1))).toHaveLength(100_000)
    await engine.close()
  })
})
