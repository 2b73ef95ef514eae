import { describe, expect, test, vi } from 'vitest'
import { systemClock, type Clock } from '../clock.ts'
import type { RawRequest, RawResponse } from '../http/rawMessage.ts'
import type { Responder } from '../http/respond.ts'
import { defaultServerLimits } from '../http/serverLimits.ts'
import { soleCaller } from '../soleCaller.ts'
import { createInProcessFront, type InProcessFront, type SdkRequest } from './inProcessHandler.ts'

const answer: RawResponse = {
  statusCode: 200,
  headers: { 'content-length': '2' },
  body: Buffer.from('{}'),
}
const request: SdkRequest = {
  method: 'POST',
  path: '/',
  headers: { 'X-Amz-Target': 'DynamoDB_20120810.ListTables' },
  body: '{"Ü":1}',
}

const openFront = (responder: Responder, maxInProcessWaiting?: number): InProcessFront => {
  const limits = { ...defaultServerLimits, ...(maxInProcessWaiting && { maxInProcessWaiting }) }
  return createInProcessFront(responder, limits, systemClock)
}

describe('createInProcessFront', () => {
  test('hands on a request as a socket would, and the answer as the SDK reads it', async () => {
    const seen: RawRequest[] = []
    const { handler } = openFront((raw) => {
      seen.push(raw)
      return Promise.resolve(answer)
    })
    const { response } = await handler.handle(request)
    expect(response).toEqual({
      statusCode: 200,
      headers: { 'content-length': '2' },
      body: new Uint8Array([0x7b, 0x7d]),
    })
    expect(response.body).not.toBe(answer.body)
    expect(seen).toEqual([
      {
        method: 'POST',
        url: '/',
        headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
        body: Buffer.from('{"Ü":1}', 'utf8'),
      },
    ])
    await handler.handle({
      ...request,
      query: { a: 'b c', d: ['1', '2'], e: null },
      body: undefined,
    })
    expect(seen[1]?.url).toBe('/?a=b+c&d=1&d=2&e=')
    expect(seen[1]?.body).toHaveLength(0)
  })

  test('a client in this process is beside whoever asks by a socket', async () => {
    const connection = {}
    for (let i = 0; i < 20; i++) soleCaller.asked(connection)
    await openFront(() => Promise.resolve(answer)).handler.handle(request)
    expect(soleCaller.requests).toBe(0)
  })

  test('close waits for what is under way and refuses what comes later', async () => {
    let release = (): void => {}
    const front = openFront(() => new Promise((resolve) => (release = () => resolve(answer))))
    const underWay = front.handler.handle(request)
    let isClosed = false
    const closed = front.close().then(() => (isClosed = true))
    await expect(front.handler.handle(request)).rejects.toThrow('The database is closed.')
    expect(isClosed).toBe(false)
    release()
    expect((await underWay).response.statusCode).toBe(200)
    await closed
  })

  test('an aborted request rejects as the SDK expects', async () => {
    const { handler } = openFront(() => Promise.resolve(answer))
    const controller = new AbortController()
    const handled = handler.handle(request, { abortSignal: controller.signal })
    controller.abort()
    await expect(handled).rejects.toMatchObject({ name: 'AbortError' })
    const again = handler.handle(request, { abortSignal: controller.signal })
    await expect(again).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('lets events go first after a while, however fast the answers come', async () => {
    let readings = 0
    const clock: Clock = { ...systemClock, monotonicMs: () => (readings += 1) }
    const { handler } = createInProcessFront(
      () => Promise.resolve(answer),
      defaultServerLimits,
      clock,
    )
    const turned = vi.fn()
    setImmediate(turned)
    for (let sent = 0; sent < 100; sent++) await handler.handle(request)
    expect(turned).toHaveBeenCalledOnce()
  })

  test('lets so many requests wait, refuses more, and answers all that wait when it closes', async () => {
    const releases: (() => void)[] = []
    const { handler, close } = openFront(
      () => new Promise((resolve) => releases.push(() => resolve(answer))),
      1000,
    )
    const statuses = (count: number): Promise<number>[] =>
      Array.from({ length: count }, async () => (await handler.handle(request)).response.statusCode)
    const answered = statuses(50 + 1000)
    const refused = await handler.handle(request)
    expect(refused.response.statusCode).toBe(503)
    expect(refused.response.headers['x-amz-retry-after']).toBe('2000')
    expect(Buffer.from(refused.response.body).toString()).toContain('#ServiceUnavailable"')
    expect(releases).toHaveLength(50)
    const closed = close()
    let released = 0
    while (released < answered.length) {
      for (const release of releases.splice(0)) {
        release()
        released += 1
      }
      await Promise.resolve()
    }
    expect(new Set(await Promise.all(answered))).toEqual(new Set([200]))
    await closed
  })
})
