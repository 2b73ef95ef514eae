/*
 * Since 2026 AWS validates in two layers, `older` and `newer`, by operation and by Region
 * (docs/decisions/validation-texts.md). What is here says which of them answers.
 */

export type ValidationLayer = 'older' | 'newer'

/** What a server may be told to answer with. */
export const validationLayers: readonly ValidationLayer[] = ['older', 'newer']

/** The Region whose layers those Regions have that nothing is known of. */
const commonRegion = 'us-east-1'

/**
 * The operations that have a newer layer here, each with the layer that it answers with unless a
 * server is told otherwise, by Region. All others have the older layer alone.
 */
const layersByRegion: ReadonlyMap<string, Readonly<Record<string, ValidationLayer>>> = new Map([
  ['PutItem', { [commonRegion]: 'older' }],
  ['UpdateItem', { [commonRegion]: 'older' }],
  ['DeleteItem', { [commonRegion]: 'older' }],
  ['GetItem', { [commonRegion]: 'older' }],
  ['BatchGetItem', { [commonRegion]: 'older' }],
  ['Query', { [commonRegion]: 'older' }],
])

/** The layer that an operation answers with. */
export type LayerOf = (operation: string) => ValidationLayer

/** The layers of a server that plays `region`; `forced` is what it was told to answer with. */
export function layersOf(region: string, forced?: ValidationLayer): LayerOf {
  return (operation) => {
    const known = layersByRegion.get(operation)
    if (known === undefined) return 'older'
    return forced ?? known[region] ?? known[commonRegion] ?? 'older'
  }
}
