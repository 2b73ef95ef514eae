import { describe, expect, it } from 'vitest'
import { layersOf } from './layers.ts'

const withBoth = ['PutItem', 'UpdateItem', 'DeleteItem', 'GetItem', 'BatchGetItem', 'Query']
const olderAlone = [
  'BatchWriteItem',
  'TransactWriteItems',
  'TransactGetItems',
  'Scan',
  'ListTables',
]

describe('the layer of an operation', () => {
  it.each([...withBoth, ...olderAlone])('of %s is the older where nothing is forced', (name) => {
    for (const region of ['us-east-1', 'eu-west-2', 'nowhere-1']) {
      expect(layersOf(region)(name)).toBe('older')
      expect(layersOf(region, 'older')(name)).toBe('older')
    }
  })

  it.each(withBoth)('of %s can be forced to be the newer', (name) => {
    for (const region of ['us-east-1', 'nowhere-1']) {
      expect(layersOf(region, 'newer')(name)).toBe('newer')
    }
  })

  it.each(olderAlone)('of %s is the older even then', (name) => {
    expect(layersOf('us-east-1', 'newer')(name)).toBe('older')
  })
})
