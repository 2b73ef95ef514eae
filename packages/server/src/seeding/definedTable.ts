/** The input of CreateTable, as JSON has it, with a name. */
export type TableInput = Readonly<Record<string, unknown>> & { readonly TableName: string }

/** An item, in DynamoDB's JSON. */
export type SeedItem = Readonly<Record<string, unknown>>

/** A table as a file defines it, with what its creation does not say. */
export interface DefinedTable {
  readonly input: TableInput
  /** The attribute that items expire by; undefined when they do not. */
  readonly timeToLive?: string | undefined
  /** The items that the file has of it. */
  readonly items?: readonly SeedItem[]
}

/** The types of the attributes that a table's input defines: S, N or B by name. */
export function keyTypesOf(input: TableInput): ReadonlyMap<string, string> {
  const definitions = Array.isArray(input['AttributeDefinitions'])
    ? (input['AttributeDefinitions'] as readonly Record<string, unknown>[])
    : []
  return new Map(
    definitions.map(({ AttributeName, AttributeType }) => [
      String(AttributeName),
      String(AttributeType),
    ]),
  )
}
