import type { TextFamily } from '../errors/apiError.ts'

/*
 * Since 2026 AWS validates in two layers, `older` and `newer`, by operation and by Region
 * (docs/decisions/validation-texts.md). What is here says which of them answers. It holds what was
 * captured, July to October 2026, and nothing else.
 */

export type ValidationLayer = 'older' | 'newer'

/** What a server may be told to answer with. */
export const validationLayers: readonly ValidationLayer[] = ['older', 'newer']

/** Layers by Region; the Regions that were not captured are not there. */
type LayersByRegion = Readonly<Record<string, ValidationLayer>>

/** The Region whose layers those Regions have that nothing is known of. */
const commonRegion = 'us-east-1'

const newerWhereSeen: LayersByRegion = {
  [commonRegion]: 'newer',
  'eu-west-1': 'newer',
  'eu-west-2': 'newer',
  'us-west-2': 'newer',
}
const olderWhereSeen: LayersByRegion = {
  [commonRegion]: 'older',
  'eu-west-1': 'older',
  'eu-west-2': 'older',
  'us-west-2': 'older',
}

/** The operations that have a newer layer somewhere. All others have the older layer alone. */
const layersOfOperations: ReadonlyMap<string, LayersByRegion> = new Map([
  ['PutItem', newerWhereSeen],
  ['UpdateItem', newerWhereSeen],
  ['DeleteItem', newerWhereSeen],
  ['GetItem', newerWhereSeen],
  ['Query', newerWhereSeen],
  ['BatchGetItem', { ...newerWhereSeen, 'me-central-1': 'older' }],
  ['Scan', olderWhereSeen],
  ['TransactWriteItems', olderWhereSeen],
])

/** Families of texts, as `operation family`, whose Regions are not those of their operation. */
const layersOfFamilies: ReadonlyMap<string, LayersByRegion> = new Map([
  ['TransactWriteItems action', { [commonRegion]: 'older', 'eu-west-2': 'newer' }],
])

/**
 * The layer that an operation answers with, as far as texts of `family` go; without one, what the
 * operation as a whole has.
 */
export type LayerOf = (operation: string, family?: TextFamily) => ValidationLayer

/** The layers of a server that plays `region`; `forced` is what it was told to answer with. */
export function layersOf(region: string, forced?: ValidationLayer): LayerOf {
  return (operation, family) => {
    const ofOperation = layersOfOperations.get(operation)
    if (ofOperation === undefined) return 'older'
    if (forced !== undefined) return forced
    const known = layersOfFamilies.get(`${operation} ${family}`) ?? ofOperation
    return known[region] ?? known[commonRegion] ?? 'older'
  }
}
