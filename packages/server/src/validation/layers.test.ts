import { describe, expect, it } from 'vitest'
import { layersOf } from './layers.ts'

const newerInCommonRegion = [
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'GetItem',
  'BatchGetItem',
  'Query',
]
const olderInCommonRegion = ['Scan', 'TransactWriteItems']
const olderAlone = ['BatchWriteItem', 'TransactGetItems', 'ListTables']
const all = [...newerInCommonRegion, ...olderInCommonRegion, ...olderAlone]

describe('the layer of an operation', () => {
  it('is the newer where it was seen, and in Regions that were not', () => {
    for (const region of ['us-east-1', 'eu-west-1', 'eu-west-2', 'us-west-2', 'nowhere-1']) {
      const layerOf = layersOf(region)
      expect(all.filter((name) => layerOf(name) === 'newer')).toEqual(newerInCommonRegion)
    }
  })

  it('of BatchGetItem is the older in the one Region that kept it', () => {
    const newer = newerInCommonRegion.filter((name) => name !== 'BatchGetItem')
    expect(all.filter((name) => layersOf('me-central-1')(name) === 'newer')).toEqual(newer)
  })

  it('is another for a text that has Regions of its own', () => {
    const layers = ['us-east-1', 'eu-west-2', 'eu-west-1'].map((region) =>
      layersOf(region)('TransactWriteItems', 'action'),
    )
    expect(layers).toEqual(['older', 'newer', 'older'])
    expect(layersOf('eu-west-2')('TransactWriteItems', 'depth')).toBe('older')
    expect(layersOf('eu-west-2', 'older')('TransactWriteItems', 'action')).toBe('older')
  })

  it('can be forced, as far as an operation has both', () => {
    const both = [...newerInCommonRegion, ...olderInCommonRegion]
    for (const region of ['us-east-1', 'me-central-1', 'nowhere-1']) {
      expect(all.filter((name) => layersOf(region, 'newer')(name) === 'newer')).toEqual(both)
      expect(all.filter((name) => layersOf(region, 'older')(name) === 'newer')).toEqual([])
    }
  })
})
