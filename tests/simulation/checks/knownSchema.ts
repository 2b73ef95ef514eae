import type { Catalog } from '../../../packages/server/src/catalog/catalog.ts'

/** What clients were told of a table or an index; 'open' while nobody can know. */
export type Known = 'there' | 'gone' | 'open'

/** Tables and, as `table.index`, indexes of which clients know whether they are there. */
export class KnownSchema {
  readonly #known = new Map<string, Known>()

  set(name: string, known: Known): void {
    this.#known.set(name, known)
  }

  /** What a catalog has against what clients were told. */
  differences(catalog: Catalog): string[] {
    const differences: string[] = []
    for (const [name, known] of this.#known) {
      const [tableName, indexName] = name.split('.') as [string, string?]
      const isThere =
        indexName === undefined
          ? hasTable(catalog, tableName)
          : hasIndex(catalog, tableName, indexName)
      if (known !== 'open' && isThere !== (known === 'there')) {
        differences.push(
          `${name} is ${isThere ? 'there' : 'gone'}, and clients were told that it is ${known}`,
        )
      }
    }
    return differences
  }
}

/** What is being deleted counts as gone. */
function hasTable(catalog: Catalog, name: string): boolean {
  const table = catalog.find(name)
  return table !== undefined && table.record.status !== 'DELETING'
}

function hasIndex(catalog: Catalog, tableName: string, name: string): boolean {
  const indexes = catalog.find(tableName)?.record.globalSecondaryIndexes ?? []
  return indexes.some(({ indexName, status }) => indexName === name && status !== 'DELETING')
}
