import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { isoOfTime, timeOfHttp, timeOfIso } from './requestTime.ts'

const seconds = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) / 1000 })

test('a time is told in both forms and found again', () => {
  fc.assert(
    fc.property(seconds, fc.nat(999), (time, ms) => {
      const text = isoOfTime(time * 1000 + ms)
      expect(text).toMatch(/^\d{8}T\d{6}Z$/)
      expect(timeOfIso(text)).toBe(time * 1000)
      expect(timeOfHttp(new Date(time * 1000).toUTCString())).toBe(time * 1000)
    }),
  )
  expect(isoOfTime(Date.UTC(2013, 2, 1, 9, 5, 7, 999))).toBe('20130301T090507Z')
})

describe('what is no time', () => {
  it.each([
    '',
    '20130301',
    '20130301T000000',
    '20130301t000000Z',
    ' 20130301T000000Z',
    '20130301T000000Z ',
    '20131301T000000Z',
    '20130001T000000Z',
    '20130300T000000Z',
    '20130229T000000Z',
    '20130301T240000Z',
    '20130301T006000Z',
    '20130301T000060Z',
    '2013030\u0661T000000Z',
  ])('%j', (text) => {
    expect(timeOfIso(text)).toBeUndefined()
  })

  it.each([
    '',
    '2013-03-01',
    'Fri, 1 Mar 2013 00:00:00 GMT',
    'Sat, 01 Mar 2013 00:00:00 GMT',
    'Fri, 01 Mar 2013 00:00:00 UTC',
    'Fri, 01 Abc 2013 00:00:00 GMT',
    'Thu, 29 Feb 2013 00:00:00 GMT',
    'Friday, 01-Mar-13 00:00:00 GMT',
  ])('%j, to HTTP', (text) => {
    expect(timeOfHttp(text)).toBeUndefined()
  })

  it('a leap day that there was', () => {
    expect(timeOfIso('20120229T000000Z')).toBe(Date.UTC(2012, 1, 29))
  })
})
