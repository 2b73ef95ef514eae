import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createDatabase } from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DynatomProcess } from '../means/dynatomProcess.ts'

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

const environment = ['DYNATOM_ACCESS_KEY_ID=ROOT', 'DYNATOM_SECRET_ACCESS_KEY=secret-of-the-root']

const start = (...flags: string[]): Promise<string> =>
  new DynatomProcess(['--port', '0', '--in-memory', ...flags], undefined, {
    wrapper: ['env', ...environment],
  }).endpoint()

const built = fileURLToPath(new URL('../../packages/server/dist/console/', import.meta.url))
const builtFiles = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.\w+$/.test(name),
)
const compressedBytes = (name: string): number =>
  gzipSync(readFileSync(join(built, name)), { level: 9 }).length

describe('the console is small', () => {
  const kb = 1024

  test('the first view: HTML and one round of assets', () => {
    const page = readFileSync(join(built, 'index.html'), 'utf8')
    const named = [...page.matchAll(/(?:src|href)="\/_dynatom\/console\/([^"]+)"/g)]
    const assets = named.map(([, name]) => name as string)
    expect(assets.filter((name) => name.endsWith('.js')).length).toBeGreaterThan(0)
    expect(assets.filter((name) => name.endsWith('.css')).length).toBeGreaterThan(0)
    // What the first script imports at once is named by the page, so that there is no second round.
    for (const name of assets.filter((each) => each.endsWith('.js'))) {
      const script = readFileSync(join(built, name), 'utf8')
      const imported = [...script.matchAll(/(?:^|[;\n])import[^(;]*?["']\.\/([^"']+)["']/g)]
      for (const [, other] of imported) expect(assets).toContain(`assets/${other as string}`)
    }
    const bytes = ['index.html', ...assets].map(compressedBytes).reduce((sum, each) => sum + each)
    expect(bytes).toBeLessThanOrEqual(350 * kb)
  })

  test('all pages together', () => {
    const bytes = builtFiles.map(compressedBytes).reduce((sum, each) => sum + each)
    expect(bytes).toBeLessThanOrEqual(900 * kb)
  })

  test('no file names another host', () => {
    for (const name of builtFiles.filter((each) => /\.(html|css)$/.test(each))) {
      expect(readFileSync(join(built, name), 'utf8')).not.toMatch(/https?:|url\(["']?\/\//)
    }
  })
})

describe('who is shown it', () => {
  test('whoever asks for HTML, and all others get the health answer', async () => {
    const endpoint = await start()
    const page = await fetch(endpoint, { headers: browser })
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    const [, script = ''] = /src="([^"]+)"/.exec(await page.text()) ?? []
    const file = await fetch(`${endpoint}${script}`)
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(file.headers.get('content-encoding')).toBe('gzip')
    for (const accept of ['*/*', 'application/json']) {
      const health = await fetch(endpoint, { headers: { accept } })
      expect(await health.text()).toBe('healthy: dynamodb.us-east-1.amazonaws.com ')
    }
    const about = await fetch(`${endpoint}/_dynatom/console/about`)
    expect(await about.json()).toMatchObject({ region: 'us-east-1', needsKeys: false, lab: 'none' })
  })

  test('nobody with --no-console', async () => {
    const endpoint = await start('--no-console')
    expect(await (await fetch(endpoint, { headers: browser })).text()).toMatch(/^healthy: /)
    expect((await fetch(`${endpoint}/_dynatom/console/about`)).status).toBe(404)
  })

  test('nobody beyond loopback, unless --console says so', async () => {
    const closed = await start('--host', '0.0.0.0')
    expect(await (await fetch(closed, { headers: browser })).text()).toMatch(/^healthy: /)
    const open = await start('--host', '0.0.0.0', '--console', '--auth', 'required')
    expect(await (await fetch(open, { headers: browser })).text()).toContain('<!doctype html>')
    const about = await fetch(`${open}/_dynatom/console/about`)
    expect(await about.json()).toMatchObject({ needsKeys: true, namespaces: [] })
    expect((await fetch(`${open}/_dynatom/lab/clock`)).status).toBe(404)
  })

  test('strangers in process neither', async () => {
    const database = await createDatabase({ inMemory: true, console: true })
    onTestFinished(() => database.close())
    await expect(database.listen({ port: 0, host: '0.0.0.0' })).rejects.toThrow(
      'Beyond loopback the console needs a database that verifies signatures: auth.',
    )
  })

  test('nobody who was led here by another name', async () => {
    const { port } = new URL(await start())
    const answer = await exchange(Number(port), [
      'GET / HTTP/1.1\r\nhost: evil.example\r\naccept: text/html\r\nconnection: close\r\n\r\n',
    ])
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).not.toContain('<!doctype')
  })
})

test('operations and the page take turns on one connection', async () => {
  const { port } = new URL(await start())
  const operation =
    'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-amz-json-1.0\r\n' +
    'x-amz-target: DynamoDB_20120810.ListTables\r\ncontent-length: 2\r\n' +
    'authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, ' +
    'SignedHeaders=host, Signature=b\r\nx-amz-date: 20260101T000000Z\r\n\r\n{}'
  const page = 'GET / HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n\r\n'
  const last = page.replace('accept', 'connection: close\r\naccept')
  const answers = await exchange(Number(port), [operation, page, operation, last])
  expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(4)
  expect(answers.match(/"TableNames":\[\]/g)).toHaveLength(2)
  expect(answers.match(/<!doctype html>/g)).toHaveLength(2)
})

/** All that is answered until the server ends the connection. */
function exchange(port: number, sent: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => (text += chunk))
    socket.on('close', () => resolve(text))
    socket.on('error', reject)
    socket.write(sent.join(''))
  })
}
