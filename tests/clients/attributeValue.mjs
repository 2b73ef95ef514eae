/** A record with each of its values changed. */
export const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

function setValue(members) {
  const [first] = members
  if (typeof first === 'string') return { SS: members }
  if (typeof first === 'number') return { NS: members.map(String) }
  return { BS: members.map(base64) }
}

const base64 = (bytes) => Buffer.from(bytes).toString('base64')

/** A plain value as the low-level clients take and give it; bytes are in base64, as in JSON. */
export function attributeValue(value) {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: value.toString() }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value instanceof Uint8Array) return { B: base64(value) }
  if (value instanceof Set) return setValue([...value])
  if (Array.isArray(value)) return { L: value.map(attributeValue) }
  if (typeof value === 'object') return { M: mapValues(value, attributeValue) }
  throw new TypeError(`an item has no ${typeof value}`)
}

/** A plain value as the document clients take and give it: as it is. */
export const plainValue = (value) => value
