import { beforeAll, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../testing/dataPlane.ts'
import {
  fixtureTables,
  type ExpectedError,
  type PreparingCall,
} from './testdata/validationTextRow.ts'
import { validationTextRows as rows } from './testdata/validationTextRows.ts'

async function openPrepared(calls: readonly PreparingCall[]): Promise<DataPlane> {
  const plane = await openDataPlane()
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
function textOf({ __type, message, Message, CancellationReasons = [] }: ExpectedError): string {
  const reasons = CancellationReasons as readonly { readonly Message?: string }[]
  return [__type, message, Message, ...reasons.map((reason) => reason.Message)].join('\n')
}

describe('every text of the behaviour digest', () => {
  let shared: DataPlane
  beforeAll(async () => {
    shared = await openPrepared(fixtureTables)
  })

  it.each(rows.map((row) => [`${row.spec}: ${row.operation}: ${row.quote}`, row] as const))(
    '%s',
    async (_, { operation, setup, request, expected }) => {
      const plane = setup === undefined ? shared : await openPrepared([...fixtureTables, ...setup])
      expect(await plane.call(operation, request)).toEqual(expected)
    },
  )

  it('is quoted by its rows', () => {
    const strangers = rows.filter(({ quote, expected }) => !shows(textOf(expected), quote))
    expect(strangers.map(({ quote, expected }) => [quote, textOf(expected)])).toEqual([])
  })
})
