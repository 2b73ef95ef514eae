import { describe, expect, test } from 'vitest'
import type { RawRequest } from '../http/rawMessage.ts'
import { acceptAnyKey } from '../http/signature.ts'
import type { OpenStore } from './openStore.ts'
import { ReplaceableStore } from './replaceableStore.ts'

const request: RawRequest = { method: 'POST', url: '/', headers: {}, body: new Uint8Array(0) }

/** A store that notes in `events` what happens to it, and whose answers wait for `release`. */
function watched(events: string[], name: string) {
  const waiting: (() => void)[] = []
  const store: OpenStore = {
    responder: () => {
      events.push(`${name} begins`)
      return new Promise((resolve) => {
        waiting.push(() => resolve({ statusCode: 200, headers: { name }, body: request.body }))
      })
    },
    authenticate: acceptAnyKey,
    perform: () => Promise.resolve({}),
    changes: () => Promise.reject(new Error('no changes')),
    enforceThroughput: async () => undefined,
    rollOverStream: async () => void events.push(`${name} rolls over`),
    close: async () => void events.push(`${name} closes`),
  }
  const release = (): void => {
    for (const resolve of waiting.splice(0)) resolve()
  }
  return { store, release }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('ReplaceableStore', () => {
  test('lets requests under way end in the old store, and later ones wait for the new', async () => {
    const events: string[] = []
    const [first, second] = [watched(events, 'first'), watched(events, 'second')]
    const stores = new ReplaceableStore(first.store)
    const early = stores.responder(request)
    await settle()
    const replaced = stores.replace(async () => {
      events.push('opens')
      return second.store
    })
    const late = stores.responder(request)
    await settle()
    expect(events).toEqual(['first begins'])
    first.release()
    expect((await early).headers).toEqual({ name: 'first' })
    await replaced
    await settle()
    expect(events).toEqual(['first begins', 'opens', 'first closes', 'second begins'])
    second.release()
    expect((await late).headers).toEqual({ name: 'second' })
    await stores.close()
    expect(events.at(-1)).toBe('second closes')
  })

  test('is replaced as often as it is asked to, one after another, and closed after that', async () => {
    const events: string[] = []
    const stores = new ReplaceableStore(watched(events, '0').store)
    const open = (name: string) => async () => {
      events.push(`${name} opens`)
      await settle()
      return watched(events, name).store
    }
    const replaced = Promise.all([stores.replace(open('1')), stores.replace(open('2'))])
    await Promise.all([replaced, stores.close()])
    expect(events).toEqual(['1 opens', '0 closes', '2 opens', '1 closes', '2 closes'])
  })

  test('stays when the other one cannot be opened', async () => {
    const events: string[] = []
    const { store, release } = watched(events, 'first')
    const stores = new ReplaceableStore(store)
    const replaced = stores.replace(() => Promise.reject(new Error('no')))
    const answer = stores.responder(request)
    await expect(replaced).rejects.toThrow('no')
    await settle()
    release()
    expect((await answer).headers).toEqual({ name: 'first' })
  })
})
