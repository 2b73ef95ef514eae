import { expect, test } from 'vitest'
import { withChecksum } from './checksum.ts'
import { ValueRoom } from './valueRoom.ts'

const key = Buffer.from('key')
const valueOf = (length: number, byte: number): Buffer => Buffer.alloc(length, byte)

test('a value that was put into the room stays where it is, and gets its checksum', () => {
  const room = new ValueRoom()
  const values = [1, 2, 3].map((byte) => {
    const value = room.forValue(1000 * byte)
    value.fill(byte)
    return value
  })
  const stored = values.map((value) => room.storedForm(key, value))
  values.forEach((value, i) => {
    expect(stored[i]).toEqual(withChecksum(key, valueOf(1000 * (i + 1), i + 1)))
    expect(stored[i]?.buffer).toBe(value.buffer)
    expect(stored[i]?.byteOffset).toBe(value.byteOffset)
  })
})

test('others are copied, and none is written over before the room is free', () => {
  const room = new ValueRoom()
  const values = Array.from({ length: 40 }, (_, i) => valueOf(i * 10_000, i))
  const stored = values.map((value) => room.storedForm(key, value))
  values.forEach((value, i) => {
    expect(value.equals(valueOf(i * 10_000, i))).toBe(true)
    expect(stored[i]?.equals(withChecksum(key, value))).toBe(true)
  })
})

test('the memory is used again once it is free, and not after a failure', () => {
  const room = new ValueRoom()
  const first = room.storedForm(key, valueOf(1000, 1))
  room.free()
  const second = room.storedForm(key, valueOf(1000, 2))
  expect(second.buffer).toBe(first.buffer)
  expect(second.byteOffset).toBe(first.byteOffset)
  room.forget()
  const third = room.storedForm(key, valueOf(1000, 3))
  expect(third.buffer).not.toBe(second.buffer)
  expect(second).toEqual(withChecksum(key, valueOf(1000, 2)))
})

test('room for a value that is very large is not kept, and never grows beyond what is asked', () => {
  const room = new ValueRoom()
  const large = room.forValue(5 * 1024 * 1024)
  expect(large.buffer.byteLength).toBe(large.length + 4)
  room.free()
  expect(room.forValue(10).buffer.byteLength).toBe(64 * 1024)
  for (let i = 0; i < 200; i++) {
    expect(room.forValue(100_000).buffer.byteLength).toBeLessThanOrEqual(4 * 1024 * 1024)
  }
})
