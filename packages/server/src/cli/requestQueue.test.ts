import { describe, expect, test } from 'vitest'
import { RequestQueue, type AbortSignalLike, type QueueLimits } from './requestQueue.ts'

/** A queue and the requests that it has begun, each of which ends when it is told to. */
function watched(limits: Partial<QueueLimits> = {}) {
  const queue = new RequestQueue({ mostAtOnce: 2, mostBytes: 100, mostWaiting: 3, ...limits })
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  return {
    queue,
    begun,
    run(name: string, bytes = 1, signal?: AbortSignalLike): Promise<string> {
      const perform = (): Promise<string> => {
        begun.push(name)
        return new Promise((resolve) => ends.set(name, () => resolve(name)))
      }
      return queue.run(bytes, perform, signal)
    },
    end: (name: string): void => ends.get(name)?.(),
  }
}

describe('RequestQueue', () => {
  test('begins at once while there is room, and then in order', async () => {
    const { begun, run, end } = watched()
    const answers = ['a', 'b', 'c', 'd'].map((name) => run(name))
    expect(begun).toEqual(['a', 'b'])
    end('b')
    expect(await answers[1]).toBe('b')
    expect(begun).toEqual(['a', 'b', 'c'])
    end('a')
    end('c')
    await answers[2]
    end('d')
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('bounds the bytes under way; a body beyond them goes alone, and nobody overtakes', async () => {
    const { begun, run, end } = watched({ mostAtOnce: 10 })
    const answers = [run('a', 60), run('b', 41), run('c', 1)]
    expect(begun).toEqual(['a'])
    end('a')
    await answers[0]
    await expect.poll(() => begun).toEqual(['a', 'b', 'c'])
    const long = run('d', 1000)
    end('b')
    end('c')
    await Promise.all(answers)
    await expect.poll(() => begun).toEqual(['a', 'b', 'c', 'd'])
    end('d')
    expect(await long).toBe('d')
  })

  test('is full with as many as may wait', async () => {
    const { queue, run, end } = watched()
    const answers = ['a', 'b', 'c', 'd'].map((name) => run(name))
    expect(queue.isFull).toBe(false)
    answers.push(run('e'))
    expect(queue.isFull).toBe(true)
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      end(name)
      await answers.shift()
      await Promise.resolve()
    }
    expect(queue.isFull).toBe(false)
  })

  test('goes on after a request that fails', async () => {
    const { queue, begun, run, end } = watched({ mostAtOnce: 1 })
    const failed = queue.run(1, () => Promise.reject(new Error('no')), undefined)
    const next = run('b')
    await expect(failed).rejects.toThrow('no')
    await expect.poll(() => begun).toEqual(['b'])
    end('b')
    expect(await next).toBe('b')
  })
})

describe('a request that is given up', () => {
  test('while it waits leaves the queue, and its listener is gone later', async () => {
    const { begun, run, end } = watched({ mostAtOnce: 1 })
    const first = run('a')
    const controller = new AbortController()
    const given = run('b', 1, controller.signal)
    const kept = new AbortController()
    const last = run('c', 1, kept.signal)
    controller.abort()
    await expect(given).rejects.toMatchObject({ name: 'AbortError', message: 'Request aborted' })
    end('a')
    await first
    await expect.poll(() => begun).toEqual(['a', 'c'])
    kept.abort()
    end('c')
    expect(await last).toBe('c')
  })

  test('by the signal of an older SDK does so too', async () => {
    const { begun, run, end } = watched({ mostAtOnce: 1 })
    const first = run('a')
    const signal: AbortSignalLike & { onabort?: () => void } = { aborted: false }
    const given = run('b', 1, signal)
    signal.onabort?.()
    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    end('a')
    await first
    expect(begun).toEqual(['a'])
  })
})
