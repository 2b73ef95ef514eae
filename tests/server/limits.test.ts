import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { limitFlags } from '../../packages/server/src/cli/limitFlags.ts'
import { defaultServerLimits, limitNames } from '../../packages/server/src/http/serverLimits.ts'
import { checkedDirectory, DynatomProcess } from '../means/dynatomProcess.ts'
import { call, perform } from '../means/httpClient.ts'
import { RawConnection, requestText } from '../../packages/server/src/testing/rawExchange.ts'
import { itemsTable } from '../means/itemsTable.ts'

/*
 * The limits of the command, each at its value and beyond, as a client sees them. What happens when a disk
 * stalls is in packages/server/src/http/overload.test.ts.
 */

async function start(...flags: string[]): Promise<string> {
  return new DynatomProcess(['--port', '0', '--in-memory', ...flags]).endpoint()
}

/** What comes back on a connection of its own until the server ends it. */
async function answerTo(endpoint: string, text: string): Promise<string> {
  const connection = new RawConnection(endpoint)
  await connection.write(text)
  return connection.ended
}

const closing = { connection: 'close' }

describe('beyond the limit', () => {
  test('connections are closed at once, and others go on', async () => {
    const endpoint = await start('--max-connections', '2')
    const connections = [new RawConnection(endpoint), new RawConnection(endpoint)] as const
    for (const connection of connections) {
      await connection.write(requestText('ListTables', '{}'))
      await connection.seen('"TableNames"')
    }
    const third = new RawConnection(endpoint)
    expect(await third.ended.catch(() => '')).toBe('')
    await connections[0].write(requestText('ListTables', '{}', closing))
    expect((await connections[0].ended).match(/200 OK/g)).toHaveLength(2)
    await expect
      .poll(() => answerTo(endpoint, requestText('ListTables', '{}', closing)).catch(() => ''))
      .toContain('200 OK')
  })

  test('a long head is answered with 400', async () => {
    const endpoint = await start('--max-header-bytes', '2000')
    const headOf = (padding: number): string =>
      requestText('ListTables', '{}', { ...closing, 'x-padding': 'x'.repeat(padding) })
    const free = 2000 - (headOf(0).length - '{}'.length)
    expect(await answerTo(endpoint, headOf(free - 100))).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(await answerTo(endpoint, headOf(free + 100))).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n/,
    )
  })

  test('a long body is answered with 413', async () => {
    const endpoint = await start('--max-body-bytes', '1000')
    const bodyOf = (length: number): string => `{}${' '.repeat(length - 2)}`
    expect(await answerTo(endpoint, requestText('ListTables', bodyOf(1000), closing))).toMatch(
      /^HTTP\/1\.1 200 OK\r\n/,
    )
    expect(await answerTo(endpoint, requestText('ListTables', bodyOf(1001)))).toMatch(
      /^HTTP\/1\.1 413 [^]*RequestEntityTooLargeException[^]*limit of 1000 bytes/,
    )
  })

  test('a body that is not even read to its end is answered with 413 before that', async () => {
    const endpoint = await start('--max-body-bytes', '1000', '--max-discarded-bytes', '2000')
    const half = requestText('ListTables', ' '.repeat(5000)).slice(0, -4000)
    expect(await answerTo(endpoint, half)).toMatch(/^HTTP\/1\.1 413 [^]*connection: close\r\n/)
  })

  test('bodies in memory are answered with 503', async () => {
    const flags = ['--max-buffered-bytes', '1000', '--max-body-bytes', '1000']
    const endpoint = await start(...flags)
    const half = new RawConnection(endpoint)
    await half.write(requestText('ListTables', `{}${' '.repeat(898)}`).slice(0, -300))
    const whole = requestText('ListTables', `{}${' '.repeat(498)}`, closing)
    await expect
      .poll(() => answerTo(endpoint, whole))
      .toMatch(/^HTTP\/1\.1 503 [^]*connection: close\r\n[^]*#ServiceUnavailable"/)
    await half.write(' '.repeat(300))
    await half.seen('200 OK')
    expect(await answerTo(endpoint, whole)).toMatch(/^HTTP\/1\.1 200 OK/)
  })

  test('queued commits are answered with 503, and their connection goes on', async () => {
    const args = ['--port', '0', '--data-dir', checkedDirectory(), '--max-queued-commits', '1']
    const endpoint = await new DynatomProcess(args).endpoint()
    await perform(endpoint, 'CreateTable', itemsTable)
    const put = (id: string, headers = {}): string =>
      requestText(
        'PutItem',
        JSON.stringify({ TableName: 'Items', Item: { id: { S: id } } }),
        headers,
      )
    const key = JSON.stringify({ TableName: 'Items', Key: { id: { S: '2' } } })
    // They arrive together, and the first commit waits for what arrived with it.
    const text = put('1') + put('2') + requestText('GetItem', key, closing)
    const received = await answerTo(endpoint, text)
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)
    expect(statuses).toEqual(['200', '503', '200'])
    expect(received).toMatch(/#ServiceUnavailable"[^]*\r\n\r\n\{\}$/)
    expect(
      (await call(endpoint, 'PutItem', { TableName: 'Items', Item: { id: { S: '2' } } })).status,
    ).toBe(200)
  })
})

describe('beyond its time', () => {
  test('a head or a body that does not arrive is answered with 408', async () => {
    const endpoint = await start('--headers-timeout-ms', '100', '--request-timeout-ms', '300')
    const text = requestText('ListTables', '{}')
    const late = /^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/
    expect(await answerTo(endpoint, '')).toMatch(late)
    expect(await answerTo(endpoint, text.slice(0, 100))).toMatch(late)
    expect(await answerTo(endpoint, text.slice(0, -1))).toMatch(late)
  })

  test('an idle connection is closed', async () => {
    const endpoint = await start('--keep-alive-timeout-ms', '100')
    expect(await answerTo(endpoint, requestText('ListTables', '{}'))).toContain('200 OK')
  })

  test('a request that still arrives at a signal is cut off', async () => {
    const args = ['--port', '0', '--in-memory', '--close-timeout-ms', '100']
    const server = new DynatomProcess(args)
    const connection = new RawConnection(await server.endpoint())
    const expecting = requestText('ListTables', '{}', { expect: '100-continue' }).slice(0, -2)
    await connection.write(expecting)
    await connection.seen('100 Continue')
    const { code } = await server.kill('SIGTERM')
    expect(code).toBe(0)
    expect(await connection.ended.catch(() => 'cut')).not.toContain('200 OK')
  })
})

test('a limit that cannot be is refused in one sentence', async () => {
  const { code, stderr, stdout } = await new DynatomProcess(['--max-queued-commits', 'many']).ended
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    '"many" is not a value of --max-queued-commits: it takes a whole number from 1 to 1000000. ' +
      'See dynatom --help.\n',
  ])
})

test('the pages on the command line and on createDatabase have every limit, with its default', () => {
  const page = (name: string): string =>
    readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8')
  const rows = page('command-line').split('\n')
  const options = page('in-process')
  for (const limit of limitNames) {
    const { name, placeholder } = limitFlags[limit]
    const row = rows.find((line) => line.startsWith(`| \`${name} ${placeholder}\` |`))
    expect(row?.split(' | ')[2], name).toBe(String(defaultServerLimits[limit]))
    expect(options).toContain(`\`${limit}\``)
  }
})
