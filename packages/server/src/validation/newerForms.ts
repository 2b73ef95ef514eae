import { ApiError, type TextFamily } from '../errors/apiError.ts'
import { newerForm } from '../errors/wireErrors.ts'
import type { LayerOf } from './layers.ts'

/** Whether a newer text stands in an envelope, `1 validation error detected: `. */
type Form = 'enveloped' | 'bare'

type Forms = Readonly<Partial<Record<TextFamily, Form>>>

const ofItemWrites: Forms = { parameter: 'enveloped', value: 'enveloped', depth: 'enveloped' }
const ofReads: Forms = { value: 'bare', depth: 'bare' }

/**
 * What the newer layer of an operation does with each family of texts; with those that are not
 * there it does what the older does.
 */
const formsByOperation: ReadonlyMap<string, Forms> = new Map<string, Forms>([
  ['PutItem', ofItemWrites],
  ['UpdateItem', ofItemWrites],
  ['DeleteItem', ofItemWrites],
  ['GetItem', ofReads],
  ['BatchGetItem', ofReads],
  ['Query', { ...ofReads, selected: 'enveloped' }],
  ['Scan', { selected: 'enveloped' }],
  ['TransactWriteItems', { depth: 'bare', action: 'enveloped' }],
])

/** What a client of `operation` is shown for `error`: itself in the older layer. */
export function inForm(layerOf: LayerOf, operation: string, error: unknown): unknown {
  if (!(error instanceof ApiError) || error.newer === undefined) return error
  const { family } = error.newer
  if (layerOf(operation, family) === 'older') return error
  const form = family === 'whole' ? 'bare' : formsByOperation.get(operation)?.[family]
  return form === undefined ? error : newerForm(error, form === 'enveloped')
}
