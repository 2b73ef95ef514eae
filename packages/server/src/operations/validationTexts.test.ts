import { beforeAll, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane, type DataPlaneOptions } from '../testing/dataPlane.ts'
import { layersOf, validationLayers } from '../validation/layers.ts'
import {
  envelope,
  fixtureTables,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
  type ValidationTextRow,
} from './testdata/validationTextRow.ts'
import { validationTextRows, validationTexts } from './testdata/validationTextRows.ts'

async function openPrepared(
  calls: readonly PreparingCall[],
  options: DataPlaneOptions,
): Promise<DataPlane> {
  const plane = await openDataPlane(options)
  for (const [operation, request] of calls) {
    const response = await plane.call(operation, request)
    if ('__type' in response) throw new Error(`${operation}: ${JSON.stringify(response)}`)
  }
  return plane
}

/** Whether the parts of `quote` between its gaps are all in `text`, in their order. */
function shows(text: string, quote: string): boolean {
  let position = 0
  for (const part of quote.split('…')) {
    const found = text.indexOf(part.trim(), position)
    if (found === -1) return false
    position = found + part.trim().length
  }
  return true
}

/** Everything that a client can read in an error. */
function textOf(answer: ValidationText['expected']): string {
  const { __type, message, Message, CancellationReasons = [] } = answer as ExpectedError
  const reasons = CancellationReasons as readonly { readonly Message?: string }[]
  return [__type, message, Message, ...reasons.map((reason) => reason.Message)].join('\n')
}

/** A test for each row, on databases that are opened with `options`. */
function answersWith(rows: readonly ValidationTextRow[], options: DataPlaneOptions): void {
  let shared: DataPlane
  beforeAll(async () => {
    shared = await openPrepared(fixtureTables, options)
  })

  const told = ({ source, operation, quote, request }: ValidationTextRow): string =>
    `${source}: ${operation}: ${quote === '…' ? JSON.stringify(request).slice(0, 200) : quote}`
  it.each(rows.map((row) => [told(row), row] as const))('%s', async (_, row) => {
    const { operation, setup, request, expected } = row
    const plane =
      setup === undefined ? shared : await openPrepared([...fixtureTables, ...setup], options)
    expect(await plane.call(operation, request)).toEqual(expected)
  })
}

describe.each(validationLayers)('every text of the %s layer', (layer) => {
  const rows = validationTextRows.filter((row) => row.layer === layer || row.layer === 'both')
  answersWith(rows, { validation: layer })
})

describe('every text of a server that is told nothing, in us-east-1', () => {
  const layerOf = layersOf('us-east-1')
  const rows = validationTextRows.filter(
    ({ layer, operation }) => layer === layerOf(operation) || layer === 'both',
  )
  answersWith(rows, {})
})

/** Requests whose texts have Regions of their own, or those of their operation. */
const regional: Readonly<Record<string, PreparingCall>> = {
  envelope: ['DeleteItem', { TableName: 'Simple', Key: {}, ReturnValues: 'ALL_NEW' }],
  batch: ['BatchGetItem', {}],
  action: ['TransactWriteItems', { TransactItems: [{}] }],
  scan: ['Scan', { TableName: 'Simple', Select: 'SPECIFIC_ATTRIBUTES' }],
}

/** In an envelope each of them is in its newer form. */
describe.each([
  ['us-east-1', ['envelope', 'batch']],
  ['eu-west-2', ['envelope', 'batch', 'action']],
  ['me-central-1', ['envelope']],
  ['nowhere-1', ['envelope', 'batch']],
] as const)('a server that is told nothing, in %s', (region, newer) => {
  it.each(Object.keys(regional))('answers as the Region was seen to: %s', async (name) => {
    const [operation, request] = regional[name] as PreparingCall
    const plane = await openPrepared(fixtureTables, { region })
    const { message } = await plane.call(operation, request)
    const isNewer = (newer as readonly string[]).includes(name)
    expect(String(message).startsWith(envelope)).toBe(isNewer)
    const forced = await openPrepared(fixtureTables, {
      region,
      validation: isNewer ? 'newer' : 'older',
    })
    expect(await forced.call(operation, request)).toMatchObject({ message })
  })
})

describe('the quotes of the table of texts', () => {
  it('are in the texts', () => {
    const textsOf = ({ expected, newer }: ValidationText): string[] =>
      [expected, newer].flatMap((answer) => (answer === undefined ? [] : textOf(answer)))
    const strangers = validationTexts.filter(
      (text) => !textsOf(text).some((shown) => shows(shown, text.quote)),
    )
    expect(strangers.map((text) => [text.quote, ...textsOf(text)])).toEqual([])
  })
})
