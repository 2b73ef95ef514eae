import { ApiError } from '../errors/apiError.ts'
import { invalidControl } from '../errors/controlErrors.ts'
import { maxLabRuleBytes } from '../limits.ts'
import { namesOf } from '../operations/namedResources.ts'
import type { PermittedRequest } from '../operations/performer.ts'
import { requestedKeys, type RequestedKey } from '../operations/requestedKeys.ts'
import { attributeOf, type AttributeMap, type AttributeValue } from '../values/attributeValue.ts'
import { checkAttributeValue } from '../values/checkAttributeValue.ts'
import { equalValues } from '../values/compare.ts'
import type { RequestMatch } from './faults/faultRule.ts'
import { knownOperations } from './knownOperations.ts'

/** A match that has been checked. */
export interface CheckedMatch {
  readonly match: RequestMatch
  /** In canonical form. */
  readonly key: AttributeMap | undefined
}

/** Throws ControlError for operations that do not exist, and for a key that is none. */
export function checkMatch(match: RequestMatch): CheckedMatch {
  if (JSON.stringify(match).length > maxLabRuleBytes) {
    throw invalidControl(`A rule has at most ${maxLabRuleBytes} bytes.`)
  }
  const stranger = match.operations?.find((name) => !knownOperations().has(name))
  if (stranger !== undefined) throw invalidControl(`There is no operation ${stranger}.`)
  return { match, key: match.key && canonicalKey(match.key) }
}

/** A key in canonical form. Throws ControlError for what no key has. */
export function canonicalKey(given: AttributeMap): AttributeMap {
  const key = structuredClone(given)
  for (const value of Object.values(key)) {
    if (!isCanonical(value)) throw invalidControl('A key has values as DynamoDB JSON has them.')
  }
  return key
}

/** Which keys of a request match; undefined if the request does not. */
export function matchedKeys(
  { match, key }: CheckedMatch,
  asked: PermittedRequest,
): readonly RequestedKey[] | undefined {
  const { operations, table, caller } = match
  const { operation, context } = asked
  if (operations !== undefined && !operations.includes(operation.name)) return undefined
  if (caller !== undefined && caller !== context.accessKeyId) {
    if (caller !== context.principal?.arn) return undefined
  }
  if (table !== undefined && !namesTable(asked, table)) return undefined
  if (key === undefined) return []
  const found = requestedKeys(asked).filter((each) => isOfKey(asked, each, { table, key }))
  return found.length === 0 ? undefined : found
}

function namesTable({ operation, request, services }: PermittedRequest, table: string): boolean {
  const meant = services.catalog.find(table)
  return namesOf(operation.resources(request as never)).some(
    (name) => name === table || (meant !== undefined && services.catalog.find(name) === meant),
  )
}

function isOfKey(
  { services }: PermittedRequest,
  { table, attributes }: RequestedKey,
  wanted: { readonly table: string | undefined; readonly key: AttributeMap },
): boolean {
  if (wanted.table !== undefined && services.catalog.find(wanted.table) !== table) return false
  return Object.entries(wanted.key).every(([name, value]) => {
    const given = structuredClone(attributeOf(attributes, name))
    return given !== undefined && isCanonical(given) && equalValues(given, value)
  })
}

/** Brings a key value into canonical form, in place, if it is one. */
function isCanonical(value: AttributeValue): boolean {
  try {
    if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false
    const [[type, content] = []] = Object.entries(value) as [string?, unknown?][]
    const isKeyType = type === 'S' || type === 'N' || type === 'B'
    if (!isKeyType || typeof content !== 'string') return false
    checkAttributeValue(value)
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}
