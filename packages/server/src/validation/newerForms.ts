import { ApiError, type TextFamily } from '../errors/apiError.ts'
import { newerForm } from '../errors/wireErrors.ts'
import type { ValidationLayer } from './layers.ts'

const ofItemWrites: ReadonlySet<TextFamily> = new Set(['parameter', 'value'])

/**
 * The families of texts to which the newer layer of an operation gives an envelope, `1 validation
 * error detected: `; all others stay bare.
 */
const envelopedFamilies: ReadonlyMap<string, ReadonlySet<TextFamily>> = new Map([
  ['PutItem', ofItemWrites],
  ['UpdateItem', ofItemWrites],
  ['DeleteItem', ofItemWrites],
  ['Query', new Set<TextFamily>(['selected'])],
])

/** The families that have the newer text where they have no envelope, too. */
const bareFamilies: ReadonlySet<TextFamily> = new Set(['value', 'whole'])

/** What a client of `operation` is shown for `error` by that layer; `error` itself by the older. */
export function inForm(layer: ValidationLayer, operation: string, error: unknown): unknown {
  if (layer === 'older' || !(error instanceof ApiError) || error.newer === undefined) return error
  const { family } = error.newer
  const isEnveloped = envelopedFamilies.get(operation)?.has(family) === true
  return isEnveloped || bareFamilies.has(family) ? newerForm(error, isEnveloped) : error
}
