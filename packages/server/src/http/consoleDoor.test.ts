import { mkdtempSync, rmSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { ConsoleDoor, type ConsoleDoorOptions } from './consoleDoor.ts'
import { contentSecurityPolicy } from './consoleFiles.ts'
import { OwnHosts } from './ownHosts.ts'
import type { RawRequest, RequestHeaders } from './rawMessage.ts'

const directory = mkdtempSync(join(tmpdir(), 'dynatom-console-'))
const script = `export const long = '${'a'.repeat(5000)}'\n`
for (const folder of ['assets', 'workers', 'courses']) {
  mkdirSync(join(directory, 'site', folder), { recursive: true })
}
writeFileSync(join(directory, 'secret.txt'), 'secret')
writeFileSync(join(directory, 'site', 'index.html'), '<!doctype html><title>Dynatom</title>\n')
writeFileSync(join(directory, 'site', 'assets', 'main-1.js'), script)
writeFileSync(join(directory, 'site', 'workers', 'worker.js'), script)
for (const name of ['second', 'first']) {
  writeFileSync(join(directory, 'site', 'courses', `${name}.json`), '{"title":"A course"}')
}
writeFileSync(join(directory, 'site', 'licenses.md'), '<script>\n')
afterAll(() => rmSync(directory, { recursive: true }))

const site = pathToFileURL(`${directory}/site/`)
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

function open(options: Partial<ConsoleDoorOptions> = {}, hosts = ['127.0.0.1']) {
  const own = new OwnHosts()
  own.listensOn(hosts)
  const faults: unknown[] = []
  const door = new ConsoleDoor({
    isWanted: undefined,
    hosts: own,
    about: () => Promise.resolve({ version: '1' }),
    onFault: (_, error) => faults.push(error),
    directory: site,
    ...options,
  })
  return { door, faults }
}

const request = (url: string, headers: RequestHeaders = {}, method = 'GET'): RawRequest => ({
  method,
  url,
  headers: { host: '127.0.0.1:8000', accept: browser, ...headers },
  body: new Uint8Array(0),
})

const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8')

describe('what is the console’s', () => {
  const { door } = open()

  test.each([browser, 'text/html', 'TEXT/HTML;q=0.1', 'application/json, application/xhtml+xml'])(
    'the page, for whoever takes %s',
    (accept) => expect(door.isAskedBy(request('/', { accept }))).toBe(true),
  )

  test.each([
    '*/*',
    'text/*',
    'application/json, text/plain, */*',
    'text/html;q=0',
    'text/html; q=0.000',
    'text/htmlx',
    '',
  ])('not for whoever takes %j', (accept) => {
    expect(door.isAskedBy(request('/', { accept }))).toBe(false)
  })

  test('only what is read, and only at the root or among its files', () => {
    expect(door.isAskedBy({ ...request('/'), headers: {} })).toBe(false)
    expect(door.isAskedBy(request('/', {}, 'HEAD'))).toBe(true)
    expect(door.isAskedBy(request('/?a=b'))).toBe(true)
    expect(door.isAskedBy(request('/', {}, 'POST'))).toBe(false)
    expect(door.isAskedBy(request('/metrics'))).toBe(false)
    expect(door.isAskedBy(request('/_dynatom/lab'))).toBe(false)
    expect(door.isAskedBy(request('/_dynatom/consoles'))).toBe(false)
    expect(door.isAskedBy(request('/_dynatom/console/about', { accept: '*/*' }))).toBe(true)
  })

  test('nothing beyond loopback, unless it is wanted there, and nothing where it is not wanted', () => {
    const beyond = ['127.0.0.1', '0.0.0.0']
    expect(open({}, beyond).door.isAskedBy(request('/'))).toBe(false)
    expect(open({ isWanted: true }, beyond).door.isAskedBy(request('/'))).toBe(true)
    expect(open({ isWanted: false }).door.isAskedBy(request('/'))).toBe(false)
    expect(open({ isWanted: false }).door.isAskedBy(request('/_dynatom/console'))).toBe(false)
  })
})

describe('answers', () => {
  test('the page, which may do nothing but speak with its server', async () => {
    const answer = await open().door.answer(request('/'), 'ID')
    expect(answer?.statusCode).toBe(200)
    expect(textOf(answer?.body ?? new Uint8Array())).toContain('<title>Dynatom</title>')
    expect(answer?.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding',
      'content-security-policy': contentSecurityPolicy,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-amzn-requestid': 'ID',
    })
    expect(contentSecurityPolicy).toContain("default-src 'none'")
    expect(contentSecurityPolicy).toContain("frame-ancestors 'none'")
    expect(contentSecurityPolicy).not.toMatch(/unsafe|http|data:|blob:|\*/)
  })

  test('a file, compressed for who takes that, and kept by browsers', async () => {
    const { door } = open()
    const path = '/_dynatom/console/assets/main-1.js'
    const plain = await door.answer(request(path), 'ID')
    expect(textOf(plain?.body ?? new Uint8Array())).toBe(script)
    expect(plain?.headers['content-encoding']).toBeUndefined()
    const packed = await door.answer(request(path, { 'accept-encoding': 'gzip, br' }), 'ID')
    expect(packed?.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'gzip',
      'cache-control': 'private, max-age=31536000, immutable',
      'content-length': String(packed?.body.length),
    })
    expect(gunzipSync(packed?.body ?? '').toString()).toBe(script)
    expect(packed?.body.length).toBeLessThan(200)
  })

  test('the names of the courses that there are, and each', async () => {
    const { door } = open()
    const list = await door.answer(request('/_dynatom/console/courses'), 'ID')
    expect(JSON.parse(textOf(list?.body ?? new Uint8Array()))).toEqual({
      courses: ['first', 'second'],
    })
    expect(list?.headers).toMatchObject({ 'cache-control': 'no-store' })
    const course = await door.answer(request('/_dynatom/console/courses/first.json'), 'ID')
    expect(course?.headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-cache',
    })
  })

  const policyOf = async (query: string, headers: RequestHeaders = {}, encrypted = false) => {
    const asked = request(`/_dynatom/console/workers/worker.js${query}`, headers)
    const answer = await open().door.answer({ ...asked, peer: { encrypted } }, 'ID')
    expect(answer?.headers).toMatchObject({ 'cache-control': 'no-cache' })
    return answer?.headers['content-security-policy']
  }
  const confined = "default-src 'none'; script-src 'unsafe-eval'; connect-src "

  test('a worker, which may evaluate, and reach the path of its course and nothing else', async () => {
    expect(await policyOf('?course=one')).toBe(
      `${confined}http://127.0.0.1:8000/dynatom-course-one`,
    )
    expect(await policyOf('?course=one', { host: 'localhost' }, true)).toBe(
      `${confined}https://localhost/dynatom-course-one`,
    )
  })

  test.each(['', '?course=', '?course=a/', '?course=a%20b', '?course=a;', '?course=%2F..'])(
    'a worker of no course, which reaches nothing: %j',
    async (query) => expect(await policyOf(query)).toBe(`${confined}'none'`),
  )

  test('nor does one that is asked for by a host that a policy cannot name', async () => {
    expect(await policyOf('?course=one', { host: '[::1]:8000' })).toBe(`${confined}'none'`)
  })

  test('licences as text, which may be others tomorrow', async () => {
    const answer = await open().door.answer(request('/_dynatom/console/licenses.md'), 'ID')
    expect(answer?.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
    })
  })

  test('a HEAD with the same headers', async () => {
    const { door } = open()
    const whole = await door.answer(request('/'), 'ID')
    const head = await door.answer(request('/', {}, 'HEAD'), 'ID')
    expect(head?.headers).toEqual(whole?.headers)
    expect(head?.body).toHaveLength(0)
  })

  test('what the console is told of its server', async () => {
    const answer = await open().door.answer(request('/_dynatom/console/about'), 'ID')
    expect(JSON.parse(textOf(answer?.body ?? new Uint8Array()))).toEqual({ version: '1' })
    expect(answer?.headers).toMatchObject({ 'cache-control': 'no-store' })
  })

  test('none where the files were not built, so that health is', async () => {
    const { door, faults } = open({ directory: new URL('nowhere/', site) })
    expect(await door.answer(request('/'), 'ID')).toBeUndefined()
    expect((await door.answer(request('/_dynatom/console/x.js'), 'ID'))?.statusCode).toBe(404)
    expect(faults).toEqual([])
  })

  test('a fault of our own with a line for the log', async () => {
    const error = new Error('broken')
    const { door, faults } = open({ about: () => Promise.reject(error) })
    const answer = await door.answer(request('/_dynatom/console/about'), 'ID')
    expect(answer?.statusCode).toBe(500)
    expect(textOf(answer?.body ?? new Uint8Array())).not.toContain('broken')
    expect(faults).toEqual([error])
  })
})

describe('hostile requests', () => {
  const errorOf = async (hostile: RawRequest): Promise<unknown> => {
    const { door, faults } = open()
    const answer = await door.answer(hostile, 'ID')
    expect(faults).toEqual([])
    expect(answer?.headers).toMatchObject({ 'x-content-type-options': 'nosniff' })
    expect(Object.keys(answer?.headers ?? {}).join()).not.toContain('access-control')
    const { error } = JSON.parse(textOf(answer?.body ?? new Uint8Array())) as { error: string }
    return [answer?.statusCode, error]
  }

  test.each([
    '../secret.txt',
    '..%2fsecret.txt',
    'assets/../../secret.txt',
    '/etc/passwd',
    'assets//main-1.js',
    'assets',
    'assets/',
    '%00',
    '__proto__',
    'index.html/',
    'INDEX.HTML',
  ])('lead to no file: %s', async (name) => {
    expect(await errorOf(request(`/_dynatom/console/${name}`))).toEqual([404, 'NotFound'])
  })

  test.each(['evil.example', 'localhost.evil.example', '10.0.0.1:80', '['])(
    'that were led here by the name %s get neither page nor file',
    async (host) => {
      expect(await errorOf(request('/', { host }))).toEqual([403, 'Forbidden'])
      const file = request('/_dynatom/console/about', { host })
      expect(await errorOf(file)).toEqual([403, 'Forbidden'])
    },
  )

  test.each(['null', 'http://evil.example', 'https://127.0.0.1:8000', 'http://127.0.0.1:8001'])(
    'of pages of %s get nothing',
    async (origin) => {
      expect(await errorOf(request('/', { origin }))).toEqual([403, 'Forbidden'])
    },
  )

  test('change nothing', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await errorOf(request('/_dynatom/console/about', {}, method))
      expect(answer).toEqual([405, 'MethodNotAllowed'])
    }
  })
})
