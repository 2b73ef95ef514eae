import type { TypedKeyElement } from './tableErrors.ts'
import { ApiError, invalidParameterValues, modelledKind, validationException } from './apiError.ts'

/*
 * Texts about vector indexes (digest of vector search, 2 to 4). Those of writes begin with a full
 * stop where others have a colon; some name the index behind a full stop and some do not.
 */

const resourceInUseKind = modelledKind('ResourceInUseException')

const invalidVector = (detail: string): ApiError =>
  validationException(`One or more parameter values were invalid. ${detail}`)

export function vectorSizeInvalid(
  name: string,
  { expected, actual }: { readonly expected: number; readonly actual: number },
  indexName: string,
): ApiError {
  return invalidVector(
    `Invalid size for parameter ${name}, Expected: ${expected}, Actual: ${actual} ` +
      `IndexName: ${indexName}`,
  )
}

export function vectorNotList(name: string, indexName: string): ApiError {
  return invalidVector(
    `Invalid type for parameter ${name}, Expected: 32-bit floating point number list ` +
      `IndexName: ${indexName}`,
  )
}

export function vectorElementType(
  name: string,
  { position, actual }: { readonly position: number; readonly actual: string },
  indexName: string,
): ApiError {
  return invalidVector(
    `Invalid type for parameter ${name}[${position}], Expected: 32-bit floating point number, ` +
      `Actual: ${actual}. IndexName: ${indexName}`,
  )
}

/** `text` is an integer of at least 39 digits in canonical form. */
export function vectorElementRange(
  name: string,
  { position, text }: { readonly position: number; readonly text: string },
  indexName: string,
): ApiError {
  return invalidVector(
    `Invalid value for parameter ${name}[${position}], Value: ${scientific(text)} is outside ` +
      `valid range [-3.4028235E38, 3.4028235E38]. IndexName: ${indexName}`,
  )
}

/** A large integer as Java shows it: `1E+39`, `-3.5E+40`. */
function scientific(text: string): string {
  const sign = text.startsWith('-') ? '-' : ''
  const digits = text.slice(sign.length)
  const [first, ...rest] = digits.replace(/0+$/, '')
  const fraction = rest.length === 0 ? '' : `.${rest.join('')}`
  return `${sign}${first}${fraction}E+${digits.length - 1}`
}

/** An attribute of a search schema has another type than it is defined with. */
export function searchAttributeType(
  name: string,
  { expected, actual }: { readonly expected: string; readonly actual: string },
  indexName: string,
): ApiError {
  return invalidVector(
    `Attribute '${name}' type mismatch. Expected: ${expected}, Actual: ${actual}. ` +
      `IndexName: ${indexName}`,
  )
}

export function searchKeyTooLong(limit: number): ApiError {
  return invalidParameterValues(
    `Aggregate size for HASH key attributes exceeds the maximum of ${limit} bytes`,
  )
}

export function searchFilterTooLong(name: string, limit: number): ApiError {
  return invalidParameterValues(
    `Size limit exceeded for SearchSchema attribute '${name}': maximum ${limit} bytes`,
  )
}

export function vectorIndexesNeedOnDemand(): ApiError {
  return invalidParameterValues('Vector indexes are only supported for PAY_PER_REQUEST tables')
}

/** A table that has vector indexes is to be provisioned. */
export function vectorTableStaysOnDemand(): ApiError {
  return invalidParameterValues('Tables with vector indexes must be in PAY_PER_REQUEST mode')
}

export function tooManyVectorIndexes(limit: number): ApiError {
  return invalidParameterValues(`VectorIndex count exceeds the per-table limit of ${limit}`)
}

export function dimensionsOutOfRange(limit: number): ApiError {
  return invalidParameterValues(`Number of dimensions must be between 1 and ${limit} inclusive.`)
}

export function vectorDimensionsConflict(name: string): ApiError {
  return invalidParameterValues(
    `Conflicting attribute definition for '${name}'. All VectorIndexes on the same vector ` +
      'attribute must use the same dimensions.',
  )
}

export function vectorAttributeDefined(name: string): ApiError {
  return invalidParameterValues(
    `Conflicting attribute definition for '${name}'. An attribute cannot be defined in ` +
      'AttributeDefinitions when used as a VectorAttribute.',
  )
}

export function searchSchemaUndefined(): ApiError {
  return invalidParameterValues(
    'One element in SearchSchema is not defined in attribute definitions',
  )
}

export function severalSearchKeys(count: number): ApiError {
  return invalidParameterValues(
    `Value '${count}' at 'SearchSchema' failed to satisfy constraint: ` +
      'Member must have HASH count less than or equal to 1',
  )
}

/** The text is modelled on that of HASH elements. */
export function tooManySearchFilters(count: number, limit: number): ApiError {
  return invalidParameterValues(
    `Value '${count}' at 'SearchSchema' failed to satisfy constraint: ` +
      `Member must have INLINE_FILTER count less than or equal to ${limit}`,
  )
}

export function searchAttributeTwice(): ApiError {
  return invalidParameterValues('SearchSchema contains a duplicate AttributeName')
}

/** An attribute that holds the vectors of `existing` is to be a key of a new index. */
export function vectorAttributeRedefined(
  existing: { readonly vectorAttribute: string; readonly dimensions: number },
  added: readonly TypedKeyElement[],
): ApiError {
  const { vectorAttribute, dimensions } = existing
  const keys = added.map(
    ({ name, type, keyType }) => `SchemaElement: key{${name}:${type}:${keyType}}`,
  )
  return invalidParameterValues(
    'Attributes cannot be redefined. Please check that your attribute has the same type as ' +
      'previously defined. Existing schema: VectorIndexSchema:[VectorAttribute: ' +
      `key{${vectorAttribute}:L:${dimensions}}] New schema: Schema:[${keys.join(', ')}]`,
  )
}

/** The attributes of a schema with their types; those of a vector index are its search schema. */
export interface TypedSchema {
  readonly ofVectorIndex: boolean
  readonly elements: readonly {
    readonly name: string
    readonly type: string
    /** HASH, RANGE or INLINE_FILTER. */
    readonly elementType: string
  }[]
}

/**
 * An attribute of a search schema has one type there and another one in `added`, or the other way
 * round. The text is modelled on those of keys and vector attributes.
 */
export function searchAttributeRedefined(existing: TypedSchema, added: TypedSchema): ApiError {
  const shown = ({ ofVectorIndex, elements }: TypedSchema): string => {
    const [schema, element] = ofVectorIndex
      ? ['VectorIndexSchema', 'SearchSchemaElement']
      : ['Schema', 'SchemaElement']
    const texts = elements.map(
      ({ name, type, elementType }) => `${element}: key{${name}:${type}:${elementType}}`,
    )
    return `${schema}:[${texts.join(', ')}]`
  }
  return invalidParameterValues(
    'Attributes cannot be redefined. Please check that your attribute has the same type as ' +
      `previously defined. Existing schema: ${shown(existing)} New schema: ${shown(added)}`,
  )
}

export function severalVectorIndexActions(): ApiError {
  return invalidParameterValues(
    'Only one vector index action is allowed per VectorIndexUpdate object',
  )
}

export function vectorIndexActionMissing(): ApiError {
  return invalidParameterValues(
    'One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must not be null',
  )
}

const inUse = (reason: string): ApiError =>
  new ApiError(resourceInUseKind, `Attempt to change a resource which is still in use: ${reason}`)

/** A vector index is deleted before its backfill has begun. */
export function indexBeingAllocated(tableName: string, indexName: string): ApiError {
  return inUse(
    'Index creation is in resource allocation phase. Retry deletion during backfilling phase or ' +
      `when the index is active. Table: ${tableName} Index: ${indexName}`,
  )
}

/** A table is deleted while a vector index of it is being built. */
export function tableHasChangingIndexes(): ApiError {
  return inUse('Cannot delete table while indexes are being created, updated, or deleted.')
}
