import {
  attributeDefinitionsUnmatched,
  attributeDefinitionsUnused,
  duplicateAttributeDefinition,
  firstKeyNotHash,
  hashAfterRange,
  indexKeyAttributesUndefined,
  indexKeyRepeated,
  keyAttributeUndefined,
  keySchemaTooLong,
  sameKeyTwice,
  secondKeyNotRange,
  tooManyKeyAttributes,
} from '../../errors/tableErrors.ts'
import type { AttributeDefinition, KeySchemaElement } from '../../schema/tableRecord.ts'

/** Most HASH and most RANGE elements of a global secondary index (guide: multi-attribute keys). */
const maxIndexKeyAttributes = 4

type KeySchema = readonly KeySchemaElement[]

const namesOf = (elements: readonly { readonly AttributeName: string }[]): string[] =>
  elements.map(({ AttributeName }) => AttributeName)

/**
 * A key schema of a table or local index has two elements at most; `path` leads to it in the
 * request.
 */
export function checkKeySchemaLength(path: string, keySchema: KeySchema): void {
  if (keySchema.length > 2) throw keySchemaTooLong(path, keySchema)
}

export function checkAttributeDefinitions(definitions: readonly AttributeDefinition[]): void {
  const names = new Set<string>()
  for (const { AttributeName: name } of definitions) {
    if (names.has(name)) throw duplicateAttributeDefinition(name)
    names.add(name)
  }
}

/** Checks the primary key of a table. REQUIRES: {@link checkKeySchemaLength}. */
export function checkTableKeySchema(
  keySchema: KeySchema,
  definitions: readonly AttributeDefinition[],
): void {
  if (definitions.length < keySchema.length) throw keyAttributeUndefined()
  checkKeysDefined(keySchema, definitions)
  checkOneOrTwoElements(keySchema)
}

/** Checks the key of a local secondary index, apart from what ties it to its table. */
export function checkLocalIndexKeySchema(
  keySchema: KeySchema,
  definitions: readonly AttributeDefinition[],
): void {
  checkKeysDefined(keySchema, definitions)
  checkOneOrTwoElements(keySchema)
}

/**
 * Checks the key of a global secondary index: HASH elements, then RANGE elements, four of each at
 * most.
 */
export function checkGlobalIndexKeySchema(
  keySchema: KeySchema,
  definitions: readonly AttributeDefinition[],
): void {
  checkKeysDefined(keySchema, definitions)
  const hashes = keySchema.filter(({ KeyType }) => KeyType === 'HASH').length
  if (keySchema[0]?.KeyType !== 'HASH') throw firstKeyNotHash()
  if (new Set(namesOf(keySchema)).size < keySchema.length) throw indexKeyRepeated()
  if (keySchema.slice(0, hashes).some(({ KeyType }) => KeyType !== 'HASH')) throw hashAfterRange()
  if (hashes > maxIndexKeyAttributes) throw tooManyKeyAttributes('HASH')
  if (keySchema.length - hashes > maxIndexKeyAttributes) throw tooManyKeyAttributes('RANGE')
}

function checkKeysDefined(keySchema: KeySchema, definitions: readonly AttributeDefinition[]): void {
  const keys = namesOf(keySchema)
  const defined = namesOf(definitions)
  if (keys.some((name) => !defined.includes(name))) throw indexKeyAttributesUndefined(keys, defined)
}

function checkOneOrTwoElements([first, second]: KeySchema): void {
  if (first?.KeyType !== 'HASH') throw firstKeyNotHash()
  if (second === undefined) return
  if (first.AttributeName === second.AttributeName) throw sameKeyTwice()
  if (second.KeyType !== 'RANGE') throw secondKeyNotRange()
}

/**
 * Every defined attribute must be a key somewhere. The text depends on whether there are indexes.
 */
export function checkDefinitionsUsed(
  definitions: readonly AttributeDefinition[],
  keySchemas: readonly (readonly { readonly AttributeName: string }[])[],
): void {
  const used = [...new Set(keySchemas.flatMap(namesOf))]
  const defined = namesOf(definitions)
  if (defined.every((name) => used.includes(name))) return
  if (keySchemas.length === 1) throw attributeDefinitionsUnmatched()
  throw attributeDefinitionsUnused(defined, used)
}
