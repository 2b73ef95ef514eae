import type { VectorIndex } from '../schema/table.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { AttributeValue } from '../values/attributeValue.ts'

/** An attribute of the search schema and the value that it must have. */
export interface SearchCondition {
  readonly name: string
  readonly value: AttributeValue
}

/** What is looked for in a vector index. */
export interface VectorQuery {
  /** Of the index's dimensions. */
  readonly vector: Float32Array
  /** How many results there are at most. */
  readonly topK: number
  /** All of them hold for each result; one for an attribute at most. */
  readonly conditions: readonly SearchCondition[]
}

/** The attributes of an index that conditions are about: the partition key first. */
export const searchedNames = ({ partitionKeys, vector }: VectorIndex): readonly string[] =>
  [...partitionKeys, ...vector.filters].map(({ name }) => name)

/**
 * A text that is the same for equal values of one scalar type: numbers and binaries are in
 * canonical form already.
 */
export function valueText(value: AttributeValue): string {
  for (const content of Object.values(value)) return content as string
  return ''
}

/** The texts of an item's values of these attributes, undefined for those that it has not. */
export function textsOf(
  names: readonly string[],
  image: ItemImage,
): readonly (string | undefined)[] {
  return names.map((name) => {
    const value = image.attribute(name)
    return value === undefined ? undefined : valueText(value)
  })
}
