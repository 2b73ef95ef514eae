import { beforeAll, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../testing/dataPlane.ts'
import { validationLayers, type ValidationLayer } from '../validation/layers.ts'
import type { LayerTextRow } from './testdata/layerTextRow.ts'
import { layerTextsOfEnvelopes } from './testdata/layerTextsOfEnvelopes.ts'
import { fixtureTables } from './testdata/validationTextRow.ts'

const rows: readonly LayerTextRow[] = [...layerTextsOfEnvelopes]

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

describe('a server that is not told of layers', () => {
  let plane: DataPlane
  beforeAll(async () => {
    plane = await openWith()
  })

  it.each(rows.map((row) => [told(row), row] as const))('is older: %s', async (_, row) => {
    expect(await plane.call(row.operation, row.request)).toMatchObject({ message: row.older })
  })
})
