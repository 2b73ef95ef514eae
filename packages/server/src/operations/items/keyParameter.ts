import type { AttributeMap, AttributeValue } from '../../values/attributeValue.ts'
import { checkAttributeValue } from '../../values/checkAttributeValue.ts'
import type { ValueRules } from '../../values/valueRules.ts'

/** Checks the values of a `Key` parameter by themselves, before its table is known. */
export function checkKeyValues(key: AttributeMap, rules?: ValueRules): void {
  for (const name of Object.keys(key)) checkAttributeValue(key[name] as AttributeValue, rules)
}
