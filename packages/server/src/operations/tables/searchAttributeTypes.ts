import { searchAttributeRedefined, type TypedSchema } from '../../errors/vectorErrors.ts'
import type {
  AttributeDefinition,
  KeySchemaElement,
  SearchSchemaElement,
  TableRecord,
} from '../../schema/tableRecord.ts'

type Definitions = readonly AttributeDefinition[]

/**
 * Throws when an attribute of a new global index's keys has another type in the search schema of a
 * vector index.
 */
export function checkTypesInSearchSchemas(
  record: TableRecord,
  keySchema: readonly KeySchemaElement[],
  definitions: Definitions,
): void {
  checkSame(searchSchemasOf(record), schemaOfKeys(keySchema, definitions))
}

/**
 * Throws when an attribute of a new vector index's search schema has another type in the request
 * than it has as a key of the table or of an index, or in another search schema.
 */
export function checkSearchSchemaTypes(
  record: TableRecord,
  searchSchema: readonly SearchSchemaElement[],
  definitions: Definitions,
): void {
  const { attributeDefinitions } = record
  const owners = [record, ...record.localSecondaryIndexes, ...record.globalSecondaryIndexes]
  const keys = owners.map(({ keySchema }) => schemaOfKeys(keySchema, attributeDefinitions))
  const defined = searchSchema.filter(({ AttributeName }) =>
    definitions.some((definition) => definition.AttributeName === AttributeName),
  )
  checkSame([...keys, ...searchSchemasOf(record)], schemaOfSearch(defined, definitions))
}

function checkSame(existing: readonly TypedSchema[], added: TypedSchema): void {
  const conflicting = existing.find(({ elements }) =>
    elements.some(({ name, type }) =>
      added.elements.some((each) => each.name === name && each.type !== type),
    ),
  )
  if (conflicting !== undefined) throw searchAttributeRedefined(conflicting, added)
}

const searchSchemasOf = ({
  vectorIndexes = [],
  attributeDefinitions,
}: TableRecord): TypedSchema[] =>
  vectorIndexes.map(({ searchSchema = [] }) => schemaOfSearch(searchSchema, attributeDefinitions))

const schemaOfKeys = (
  keySchema: readonly KeySchemaElement[],
  definitions: Definitions,
): TypedSchema => ({
  ofVectorIndex: false,
  elements: keySchema.map(({ AttributeName: name, KeyType: elementType }) => {
    return { name, elementType, type: typeIn(definitions, name) }
  }),
})

const schemaOfSearch = (
  searchSchema: readonly SearchSchemaElement[],
  definitions: Definitions,
): TypedSchema => ({
  ofVectorIndex: true,
  elements: searchSchema.map(({ AttributeName: name, SearchSchemaElementType: elementType }) => {
    return { name, elementType, type: typeIn(definitions, name) }
  }),
})

const typeIn = (definitions: Definitions, name: string): string =>
  definitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType as string
