import { describe, expect, test } from 'vitest'
import { isLocalName, isLoopback } from './localNames.ts'

describe('an address of the machine itself', () => {
  test.each([
    '127.0.0.1',
    '127.255.0.9',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::0001',
    '::ffff:127.0.0.1',
    '::ffff:7f00:2',
  ])('is %s', (address) => {
    expect(isLoopback(address)).toBe(true)
    expect(isLocalName(address)).toBe(true)
  })

  test.each([
    '',
    '128.0.0.1',
    '127.0.0',
    '127.0.0.1.',
    '::',
    '::2',
    '::ffff:128.0.0.1',
    'localhost',
  ])('is not %j', (address) => {
    expect(isLoopback(address)).toBe(false)
  })
})
