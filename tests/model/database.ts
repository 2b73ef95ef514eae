import type { CapacityMode } from './capacity.ts'
import type { Item } from './attributes.ts'
import { entryOf, type Table, type TableDefinition } from './tables.ts'
import { itemSize, sum } from './sizes.ts'
import { vectorCountsOf, vectorIndexesOf } from './vectorIndexes.ts'
import type { Layer, Voice } from './layers.ts'
import { Refusal } from './refusal.ts'

/** What a transaction's token stands for. */
export interface SpentToken {
  readonly token: string
  readonly request: string
  /** What answers the same request when it comes again. */
  readonly replay: (capacity: CapacityMode) => object
}

/** All that the model remembers between operations. */
export interface Database {
  /** The validation layer of the server, where an operation has both. */
  readonly layer: Layer
  readonly tables: readonly Table[]
  tokens: readonly SpentToken[]
}

export function createDatabase(definitions: readonly TableDefinition[], layer: Layer): Database {
  const tables = definitions.map((definition) => ({ definition, items: [], changes: [] }))
  return { layer, tables, tokens: [] }
}

/** What is read without regard to what happened. */
export type Contents = Pick<Database, 'tables'>

export function tableOf(database: Contents, name: string): Table {
  const table = database.tables.find(({ definition }) => definition.name === name)
  if (table !== undefined) return table
  throw new Refusal('ResourceNotFoundException', 'Requested resource not found')
}

/** How many items there are, and their bytes, in a table and in its indexes. */
export interface Counts {
  readonly table: readonly [number, number]
  readonly indexes: Readonly<Record<string, readonly [number, number]>>
}

/** The counts of DescribeTable, which are exact here. */
export function countsOf({ definition, items }: Table): Counts {
  const count = (all: readonly Item[]): [number, number] => [all.length, sum(all.map(itemSize))]
  const indexes = definition.indexes.map((index) => {
    const entries = items.map((item) => entryOf(definition, index, item))
    return [index.name, count(entries.filter((entry) => entry !== undefined))]
  })
  const vectors = vectorIndexesOf(definition).map((index) => [
    index.name,
    vectorCountsOf(definition, index, items),
  ])
  const all = Object.fromEntries([...indexes, ...vectors]) as Counts['indexes']
  return { table: count(items), indexes: all }
}

/** The errors that write the name of their message with a capital letter. */
const capitalised = ['TransactionCanceledException', 'IdempotentParameterMismatchException']

/** An answer, or the body of the error that `answer` throws, in the words of `voice`. */
export function answered(voice: Voice, answer: () => object): object {
  try {
    return answer()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { type, members } = error
    return {
      __type: type,
      [capitalised.includes(type) ? 'Message' : 'message']: error.messageIn(voice),
      ...members,
    }
  }
}
