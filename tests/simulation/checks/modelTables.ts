import { answered, type Database, type SpentToken } from '../../model/database.ts'
import type { Layer, Voice } from '../../model/layers.ts'
import { performed, type PlainOperation } from '../../model/operations.ts'
import { requestOf } from '../../model/requests.ts'
import type { Table, TableDefinition } from '../../model/tables.ts'

/** Of the Region that simulated servers play. */
export const simulatedLayer: Layer = 'newer'

const voiceOf = (operation: PlainOperation): Voice => ({
  layer: simulatedLayer,
  operation: requestOf(operation).name,
})

/**
 * The model's tables by the server's numbers: a table that is created again under an old name is
 * another one, and a late write of the old one must not reach it.
 */
export class ModelTables {
  readonly #definitions: ReadonlyMap<string, TableDefinition>
  readonly #temporary: ReadonlySet<string>
  readonly #tables = new Map<number, Table>()
  tokens: readonly SpentToken[] = []

  /** `definitions`: the tables that there may be; those named in `temporary` come and go. */
  constructor(definitions: readonly TableDefinition[], temporary: readonly TableDefinition[]) {
    this.#definitions = new Map(definitions.map((each) => [each.name, each]))
    this.#temporary = new Set(temporary.map(({ name }) => name))
  }

  isTemporary(name: string): boolean {
    return this.#temporary.has(name)
  }

  /** The table of this number; empty when nothing was written to it. */
  table(number: number, name: string): Table {
    let table = this.#tables.get(number)
    if (table === undefined) {
      const definition = this.#definitions.get(name)
      if (definition === undefined) throw new Error(`the model knows no table ${name}`)
      table = { definition, items: [] }
      this.#tables.set(number, table)
    }
    return table
  }

  /** Carries out an operation on these tables, and gives the answer or the body of the error. */
  perform(operation: PlainOperation, tables: readonly Table[]): object {
    const database: Database = { layer: simulatedLayer, tables, tokens: this.tokens }
    const answer = answered(voiceOf(operation), () => performed(database, operation))
    this.tokens = database.tokens
    return answer
  }

  /** What an operation would leave in these tables, in their order; undefined when it is refused. */
  outcomeOf(operation: PlainOperation, tables: readonly Table[]): readonly Table[] | undefined {
    const copies = tables.map((table) => ({ ...table }))
    const database: Database = { layer: simulatedLayer, tables: copies, tokens: this.tokens }
    return isRefusal(answered(voiceOf(operation), () => performed(database, operation)))
      ? undefined
      : copies
  }
}

export const isRefusal = (answer: object): boolean => '__type' in answer
