import type { Table } from '../../schema/table.ts'
import type { AttributeMap, AttributeValue } from '../../values/attributeValue.ts'
import { attributeOf } from '../../values/attributeValue.ts'
import { checkAttributeValue } from '../../values/checkAttributeValue.ts'
import type { ValueRules } from '../../values/valueRules.ts'

/**
 * A key value as policies see it: a string as it is, a number as a canonical decimal, a binary in
 * base64; undefined for what no key can be. Brings the value into canonical form in place. Throws
 * ValidationException.
 */
export function keyText(value: AttributeValue, rules?: ValueRules): string | undefined {
  checkAttributeValue(value, rules)
  if ('S' in value) return value.S
  if ('N' in value) return value.N
  return 'B' in value ? value.B : undefined
}

/** The texts of values, each once. */
export function keyTexts(
  values: readonly (AttributeValue | undefined)[],
  rules?: ValueRules,
): string[] {
  const texts = values.flatMap((value) =>
    value === undefined ? [] : (keyText(value, rules) ?? []),
  )
  return [...new Set(texts)]
}

/**
 * The partition keys of items or keys of a table, as {@link PermissionContext} has them; undefined
 * for a table that is not there.
 */
export function partitionKeysOf(
  table: Table | undefined,
  items: readonly (AttributeMap | undefined)[],
  rules?: ValueRules,
): string[][] | undefined {
  if (table === undefined) return undefined
  const { name } = table.primaryKey.partitionKey
  return [
    keyTexts(
      items.map((item) => item && attributeOf(item, name)),
      rules,
    ),
  ]
}
