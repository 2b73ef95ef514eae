import { describe, expect, test } from 'vitest'
import { Admission } from './admission.ts'

const read = true
const write = false

function admission(): Admission {
  return new Admission({ maxQueuedCommits: 2, maxOpenReads: 1, maxBufferedBytes: 100 })
}

describe('Admission', () => {
  test('counts writes and reads apart', () => {
    const places = admission()
    expect([1, 2, 3].map(() => places.enter(write, 1))).toEqual([true, true, false])
    expect([1, 2].map(() => places.enter(read, 1))).toEqual([true, false])
    places.leave(write, 1)
    expect(places.enter(read, 1)).toBe(false)
    expect(places.enter(write, 1)).toBe(true)
    places.leave(read, 1)
    expect(places.enter(write, 1)).toBe(false)
    expect(places.enter(read, 1)).toBe(true)
  })

  test('counts bytes beside the places, and takes back what is not used', () => {
    const places = admission()
    expect(places.enter(write, 100)).toBe(true)
    expect(places.takeBytes(1)).toBe(false)
    places.giveBytes(70)
    expect([places.takeBytes(70), places.takeBytes(1)]).toEqual([true, false])
    places.leave(write, 30)
    expect(places.enter(read, 31)).toBe(false)
    places.giveBytes(70)
    expect(places.enter(read, 100)).toBe(true)
  })

  test('tells writes and reads apart when it tells when to come back', () => {
    const places = admission()
    for (let i = 0; i < 1000; i++) places.retryAfterMs(write)
    expect(places.retryAfterMs(write)).toBe(225)
    expect(places.retryAfterMs(read)).toBe(25)
  })

  test('counts the bytes of both together', () => {
    const places = admission()
    expect(places.enter(write, 60)).toBe(true)
    expect(places.enter(read, 41)).toBe(false)
    expect(places.enter(read, 40)).toBe(true)
    expect(places.enter(write, 1)).toBe(false)
    places.leave(read, 40)
    expect(places.enter(write, 40)).toBe(true)
  })
})
