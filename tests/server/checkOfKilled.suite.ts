import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'

/** All files of a store with their bytes, but for LMDB's table of readers. */
function contentOf(directory: string): Map<string, Buffer> {
  const content = new Map<string, Buffer>()
  for (const name of readdirSync(directory, { recursive: true }) as string[]) {
    const path = join(directory, name)
    if (statSync(path).isFile() && name !== 'store/lock.mdb') content.set(name, readFileSync(path))
  }
  return content
}

const journalNames = (content: ReadonlyMap<string, Buffer>): string[] =>
  [...content.keys()].filter((name) => name.startsWith('store/journal.')).toSorted()

/**
 * Writes with several clients to a server whose journal is always on its way into the store, and
 * kills it after `writes` of them. Gives how many were acknowledged.
 */
async function killAfter(directory: string, writes: number): Promise<number> {
  const args = ['--port', '0', '--data-dir', directory, '--max-journal-bytes', '1024']
  const server = new DynatomProcess(args)
  const endpoint = await server.endpoint()
  await perform(endpoint, 'CreateTable', itemsTable)
  let acknowledged = 0
  const client = async (name: string): Promise<void> => {
    for (let i = 0; ; i++) {
      const Item = { id: { S: `${name}${i}` }, filling: { S: 'x'.repeat(i % 500) } }
      await perform(endpoint, 'PutItem', { TableName: 'Items', Item })
      acknowledged += 1
      if (acknowledged >= writes) server.child.kill('SIGKILL')
    }
  }
  await Promise.allSettled(['a', 'b', 'c', 'd'].map(client))
  expect((await server.ended).signal).toBe('SIGKILL')
  return acknowledged
}

test.each([1, 30, 150])(
  'check changes no byte of a store that was killed after %i writes or more',
  async (writes) => {
    const directory = temporaryDirectory()
    const acknowledged = await killAfter(directory, writes)
    const newest = journalNames(contentOf(directory)).at(-1) as string
    // What an interrupted write of the next record leaves.
    appendFileSync(join(directory, newest), Buffer.alloc(7, 1))
    const before = contentOf(directory)
    expect(before.get('store/data.mdb')?.length).toBeGreaterThan(0)
    for (let i = 0; i < 2; i++) {
      const { code, stdout, stderr } = await new DynatomProcess(['check', '--data-dir', directory])
        .ended
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const items = Number(/^checked (\d+) items? in 1 table: no findings\n$/.exec(stdout)?.[1])
      expect(items).toBeGreaterThanOrEqual(acknowledged)
      expect(items).toBeLessThanOrEqual(acknowledged + 4)
      const after = contentOf(directory)
      expect([...after.keys()]).toEqual([...before.keys()])
      for (const [name, bytes] of after) {
        expect(bytes.equals(before.get(name) as Buffer), `${name} is as it was`).toBe(true)
      }
    }
  },
)
