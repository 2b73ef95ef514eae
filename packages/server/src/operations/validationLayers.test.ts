import { beforeAll, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../testing/dataPlane.ts'
import { validationLayers, type ValidationLayer } from '../validation/layers.ts'
import type { LayerTextRow } from './testdata/layerTextRow.ts'
import { layerTextRows as rows } from './testdata/layerTextRows.ts'
import { fixtureTables } from './testdata/validationTextRow.ts'

async function openWith(validation?: ValidationLayer): Promise<DataPlane> {
  const plane = await openDataPlane(validation === undefined ? {} : { validation })
  for (const [operation, request] of fixtureTables) {
    expect(await plane.call(operation, request)).not.toHaveProperty('__type')
  }
  return plane
}

const told = ({ fact, operation, request }: LayerTextRow): string =>
  `${fact}: ${operation} ${JSON.stringify(request).slice(0, 200)}`

describe.each(validationLayers)('the texts of the %s layer', (layer) => {
  let plane: DataPlane
  beforeAll(async () => {
    plane = await openWith(layer)
  })

  it.each(rows.map((row) => [told(row), row] as const))('%s', async (_, row) => {
    const answer = await plane.call(row.operation, row.request)
    expect(answer).toEqual({ __type: 'ValidationException', message: row[layer] })
  })
})

describe('a sum that is out of range', () => {
  it('is told in the same words by both layers: the item decides, not the request', async () => {
    for (const layer of validationLayers) {
      const plane = await openWith(layer)
      const n = `9${'0'.repeat(125)}`
      await plane.call('PutItem', { TableName: 'Simple', Item: { pk: { S: 'a' }, n: { N: n } } })
      const answer = await plane.call('UpdateItem', {
        TableName: 'Simple',
        Key: { pk: { S: 'a' } },
        UpdateExpression: 'SET n = n + :n',
        ExpressionAttributeValues: { ':n': { N: n } },
      })
      expect(answer).toEqual({
        __type: 'ValidationException',
        message:
          'Number overflow. Attempting to store a number with magnitude larger than supported range',
      })
    }
  })
})

describe('a server that is not told of layers', () => {
  let plane: DataPlane
  beforeAll(async () => {
    plane = await openWith()
  })

  it.each(rows.map((row) => [told(row), row] as const))('is older: %s', async (_, row) => {
    expect(await plane.call(row.operation, row.request)).toMatchObject({ message: row.older })
  })
})
