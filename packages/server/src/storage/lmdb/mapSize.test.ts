import { describe, expect, test } from 'vitest'
import { addressSpaceBytes, mapSizeBytes } from './mapSize.ts'

const limits = (soft: string): string =>
  'Limit                     Soft Limit           Hard Limit           Units     \n' +
  'Max file size             1                    unlimited            bytes     \n' +
  `Max address space         ${soft.padEnd(20)} unlimited            bytes     \n`

describe('the size of the map', () => {
  test('the limit of the address space is the soft one', () => {
    expect(addressSpaceBytes(limits('3221225472'))).toBe(3 * 1024 ** 3)
    expect(addressSpaceBytes(limits('unlimited'))).toBe(Infinity)
    expect(addressSpaceBytes('')).toBe(Infinity)
  })

  test.runIf(process.platform === 'linux')('is generous, or left to lmdb-js', () => {
    expect([undefined, 64 * 1024 ** 3]).toContain(mapSizeBytes())
  })
})
