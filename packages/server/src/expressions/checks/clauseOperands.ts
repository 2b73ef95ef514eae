import { wrongClauseOperandType } from '../../errors/expressionErrors.ts'
import { typeOf } from '../../values/attributeValue.ts'
import type { AttributeType, AttributeValue } from '../../values/attributeValue.ts'

/** The types in words, as only this error spells them. */
const typeNames: Readonly<Record<AttributeType, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  L: 'LIST',
  M: 'MAP',
}

/** ADD takes a number or a set, DELETE a set. */
export function checkClauseOperands(clause: 'ADD' | 'DELETE', value: AttributeValue): void {
  const type = typeOf(value)
  const isSet = type === 'SS' || type === 'NS' || type === 'BS'
  if (isSet || (clause === 'ADD' && type === 'N')) return
  throw wrongClauseOperandType(clause, typeNames[type])
}
