import { describe, expect, test } from 'vitest'
import { codingOfAnswer, codingOfRequest } from './contentCoding.ts'
import type { RawRequest } from './rawMessage.ts'

const requestWith = (headers: RawRequest['headers']): RawRequest => ({
  method: 'POST',
  url: '/',
  headers,
  body: new Uint8Array(0),
})

test.each([
  ['gzip', 'gzip'],
  ['GZIP', 'gzip'],
  [' x-gzip ', 'gzip'],
  ['deflate', 'deflate'],
  ['identity', undefined],
  ['', undefined],
  ['br', 'unknown'],
  ['zstd', 'unknown'],
  ['gzip, gzip', 'unknown'],
  ['deflate,gzip', 'unknown'],
  ['gzip;q=1', 'unknown'],
])('a body in %j is taken for %s', (header, coding) => {
  expect(codingOfRequest(requestWith({ 'content-encoding': header }))).toBe(coding)
})

describe('an answer', () => {
  const codingFor = (accepted: string | undefined, length = 4097): string | undefined =>
    codingOfAnswer(requestWith({ 'accept-encoding': accepted }), length)

  test('of up to 4 KB is sent as it is', () => {
    expect(codingFor('gzip', 4096)).toBeUndefined()
    expect(codingFor('gzip', 4097)).toBe('gzip')
    expect(codingFor('gzip', 0)).toBeUndefined()
  })

  test('is not compressed for who does not ask for it', () => {
    expect(codingFor(undefined)).toBeUndefined()
    expect(codingFor('')).toBeUndefined()
    expect(codingFor('identity')).toBeUndefined()
    expect(codingFor('br, zstd')).toBeUndefined()
  })

  test.each([
    ['gzip', 'gzip'],
    ['GZip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['*', 'gzip'],
    ['deflate, gzip', 'gzip'],
    ['gzip, deflate, br', 'gzip'],
    ['gzip;q=0.5, deflate', 'deflate'],
    ['gzip; q=0.001', 'gzip'],
    ['gzip;q=0', undefined],
    ['gzip;q=0.0, deflate;q=0', undefined],
    ['gzip;q=0, *', 'deflate'],
    ['*;q=0', undefined],
    ['deflate, *;q=0', 'deflate'],
    ['*;q=0.1, gzip;q=0', 'deflate'],
    ['identity, gzip;q=0.9', undefined],
    ['identity;q=0.5, gzip', 'gzip'],
    ['identity, gzip', 'gzip'],
    ['gzip;q=2', undefined],
    ['gzip;q=x, deflate', 'deflate'],
    [',,gzip,', 'gzip'],
  ])('for %j is coded in %s', (accepted, coding) => {
    expect(codingFor(accepted)).toBe(coding)
  })

  test('that is short is compressed for who refuses it plain', () => {
    expect(codingFor('gzip, identity;q=0', 10)).toBe('gzip')
    expect(codingFor('deflate, *;q=0', 10)).toBe('deflate')
    expect(codingFor('identity;q=0', 10)).toBeUndefined()
  })
})
