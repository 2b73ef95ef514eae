import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { KeysOfTable } from '../database/keysOfTable.ts'
import type { Place } from './copiedRequest.ts'
import { javascript, sdkClientText } from './sdkV3.ts'

/** A call of the typed client, as text of TypeScript. */
export interface TypedCall {
  /** Such as `await db.get(Item, { pk: "a" })`; `db` and the entity `Item` are there. */
  readonly text: string
  /** The attributes that have to be declared, besides those of the key. */
  readonly attributes: readonly string[]
}

/** Why the client has no call for a request. */
export class Inexpressible extends Error {}

/** A program with `@dynatom/client`, or what says why there is none. */
export function typedClientText(
  keys: KeysOfTable,
  tableName: string,
  place: Place,
  callOf: () => TypedCall,
): string {
  try {
    return programOf(keys, tableName, place, callOf())
  } catch (error) {
    if (!(error instanceof Inexpressible)) throw error
    return `// @dynatom/client has no call for this request: ${error.message}\n`
  }
}

function programOf(
  { keyNames, keyTypes }: KeysOfTable,
  tableName: string,
  place: Place,
  { text, attributes }: TypedCall,
): string {
  const strange = keyNames.find((name) => keyTypes.get(name) !== 'S')
  if (strange !== undefined) {
    throw new Inexpressible(`its keys are texts, and ${JSON.stringify(strange)} is none.`)
  }
  const unnamed = [...keyNames, ...attributes].find((name) => /[{}:.[\]]/.test(name))
  if (unnamed !== undefined) {
    throw new Inexpressible(`it does not declare names such as ${JSON.stringify(unnamed)}.`)
  }
  const [partitionKey = '', sortKey] = keyNames
  const templates = keyNames.map((name) => `${javascript.name(name)}: ${quote(`{${name}}`)}`)
  const declared = attributes
    .filter((name) => !keyNames.includes(name))
    .map((name) => `        ${javascript.name(name)}: unknown().optional(),\n`)
  const values = ['Decimal', 'createClient', 'defineTable', 'unknown'].filter((name) =>
    name === 'Decimal' ? text.includes('new Decimal(') : name !== 'unknown' || declared.length > 0,
  )
  return `import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ${values.join(', ')} } from '@dynatom/client'

// One entity for all items; entities of your own have keys such as 'USER#{user}'.
const table = defineTable({
  name: ${quote(tableName)},
  partitionKey: ${quote(partitionKey)},
${sortKey === undefined ? '' : `  sortKey: ${quote(sortKey)},\n`}  entities: {
    Item: {
      keys: { ${templates.join(', ')} },
${declared.length === 0 ? '' : `      attributes: {\n${declared.join('')}      },\n`}    },
  },
})
const { Item } = table.entities
const db = createClient(${sdkClientText(place)})

${text}
`
}

export const quote = (text: string): string => JSON.stringify(text)

/** An object of TypeScript, of members that are text of it; those undefined are left out. */
export function objectText(members: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(members).flatMap(([name, text]) =>
    text === undefined ? [] : [`${javascript.name(name)}: ${text}`],
  )
  return given.length === 0 ? '{}' : `{ ${given.join(', ')} }`
}

/** A value as the client has it: sets, exact numbers, bytes. */
export function valueText(value: AttributeValue): string {
  if (value.S !== undefined) return quote(value.S)
  if (value.N !== undefined) return numberText(value.N)
  if (value.BOOL !== undefined) return String(value.BOOL)
  if (value.B !== undefined) return javascript.bytes(value.B)
  if (value.SS !== undefined) return `new Set([${value.SS.map(quote).join(', ')}])`
  if (value.NS !== undefined) return `new Set([${value.NS.map(numberText).join(', ')}])`
  if (value.BS !== undefined) return `new Set([${value.BS.map(javascript.bytes).join(', ')}])`
  if (value.L !== undefined) return `[${value.L.map(valueText).join(', ')}]`
  if (value.M !== undefined) {
    const members = Object.entries(value.M).map(([name, each]) => [name, valueText(each)] as const)
    return objectText(Object.fromEntries(members))
  }
  return 'null'
}

function numberText(digits: string): string {
  if (String(Number(digits)) === digits && Number.isFinite(Number(digits))) {
    const isExact = !/^-?\d+$/.test(digits) || Number.isSafeInteger(Number(digits))
    if (isExact) return digits
  }
  return /^-?(?:0|[1-9]\d*)$/.test(digits) ? `${digits}n` : `new Decimal(${quote(digits)})`
}
