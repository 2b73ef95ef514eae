import { maxPartitionKeyBytes, maxSearchFilterBytes } from '../limits.ts'
import { asBuffer, type Bytes } from '../storage/engine.ts'
import { typeOf, type AttributeValue } from '../values/attributeValue.ts'
import { hashPartitionKey } from '../values/keyEncoding.ts'
import { attributeValueSize } from '../values/size.ts'
import { vectorEntryKey } from '../layout/storeKeys.ts'
import type { SecondaryIndex, VectorIndex } from '../schema/table.ts'
import { ItemImage, type IndexEntry } from './itemImage.ts'
import { isVector, vectorOf } from './vectorValues.ts'

/** The form of an entry's value: this byte, the elements as 32-bit floats, the projected item. */
const entryForm = 1

const floatBytes = 4

/**
 * The entry of an item in a vector index, or undefined when the item is not in it: it has no vector
 * or no partition key, or has something in their place, or in place of a filter, that only items
 * older than the index can have. `projected` is the item as the index has it, its vector among it
 * or not.
 */
export function vectorEntry(
  index: VectorIndex,
  image: ItemImage,
  projected: ItemImage,
  rowKey: Buffer,
): IndexEntry | undefined {
  const { attributeName, dimensions, filters } = index.vector
  const value = image.attribute(attributeName)
  if (value === undefined) return undefined
  for (const { name, type } of index.partitionKeys) {
    const key = image.attribute(name)
    if (key === undefined || typeOf(key) !== type) return undefined
    const sizeBytes = attributeValueSize(key)
    if (sizeBytes === 0 || sizeBytes > maxPartitionKeyBytes) return undefined
  }
  for (const { name, type } of filters) {
    const filter = image.attribute(name)
    if (filter === undefined) continue
    if (typeOf(filter) !== type || attributeValueSize(filter) > maxSearchFilterBytes)
      return undefined
  }
  const vector = vectorOf(value, dimensions)
  if (!isVector(vector)) return undefined
  const rest = projected.without(attributeName)
  return {
    key: vectorEntryKey(index.number, rowKey),
    image: rest,
    vector,
    sizeBytes: sizeOfVector(attributeName, dimensions) + rest.sizeBytes,
  }
}

/** The hash of a value of a vector index's partition key. */
export const searchKeyHash = (value: AttributeValue): number =>
  hashPartitionKey(Buffer.from(Object.values(value)[0] as string))

/** The same of the value that an image has; undefined for an index without partition key. */
export function searchKeyHashOf(
  { partitionKeys }: SecondaryIndex,
  image: ItemImage,
): number | undefined {
  const [key] = partitionKeys
  const value = key === undefined ? undefined : image.attribute(key.name)
  return value === undefined ? undefined : searchKeyHash(value)
}

/** Bytes of a vector as an index counts it: the attribute's name and four for each element. */
export function sizeOfVector(attributeName: string, dimensions: number): number {
  return Buffer.byteLength(attributeName) + floatBytes * dimensions
}

/** What the store has under the key of an entry, made of the stored form of its projected item. */
export function storedVectorEntry(vector: Float32Array, projected: Bytes): Bytes {
  const elements = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
  const value = Buffer.allocUnsafe(1 + elements.length + projected.length)
  value[0] = entryForm
  value.set(elements, 1)
  value.set(projected, 1 + elements.length)
  return value
}

/** The bytes of the elements inside the value of an entry. */
export const elementsOfEntry = (value: Bytes, dimensions: number): Bytes =>
  value.subarray(1, 1 + floatBytes * dimensions)

/** The projected item inside the value of an entry, without its vector. */
export const itemOfEntry = (value: Bytes, dimensions: number): ItemImage =>
  ItemImage.ofStored(value.subarray(1 + floatBytes * dimensions)) as ItemImage

/** The vector inside the value of an entry. */
export function vectorOfEntry(value: Bytes, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  new Uint8Array(vector.buffer).set(elementsOfEntry(value, dimensions))
  return vector
}

/** Whether two vectors are the same to the bit. */
export function isSameVector(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.length !== b.length) return false
  return bytesOf(a).equals(bytesOf(b))
}

const bytesOf = (vector: Float32Array): Buffer =>
  asBuffer(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength))
