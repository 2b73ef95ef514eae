import { actionNotForType, onlyDeleteWithoutValue } from '../errors/legacyParameterErrors.ts'
import { emptyAttributeName } from '../errors/valueErrors.ts'
import { typeOf } from '../values/attributeValue.ts'
import type { AttributeType, AttributeValue } from '../values/attributeValue.ts'
import { checkAttributeValue } from '../values/checkAttributeValue.ts'
import { constantOperand } from './bindOperand.ts'
import type { CompiledUpdate, UpdateAction } from './boundExpression.ts'
import { removesOnly } from './compileUpdate.ts'

/** What AttributeUpdates does to one attribute (model: AttributeValueUpdate). */
export interface AttributeUpdate {
  /** PUT when it is left out. */
  readonly Action?: 'PUT' | 'ADD' | 'DELETE' | undefined
  readonly Value?: AttributeValue | undefined
}

const setTypes: ReadonlySet<AttributeType> = new Set(['SS', 'NS', 'BS'])
const addableTypes: ReadonlySet<AttributeType> = new Set(['N', 'SS', 'NS', 'BS', 'L'])

/**
 * Compiles AttributeUpdates. Brings its values into canonical form in place. Throws
 * ValidationException with the texts of legacyParameterErrors.ts.
 */
export function compileAttributeUpdates(
  updates: Readonly<Record<string, AttributeUpdate>>,
): CompiledUpdate {
  const attributeNames = Object.keys(updates)
  const actions = attributeNames.map((name) =>
    compileAttributeUpdate(name, updates[name] as AttributeUpdate),
  )
  return { actions, attributeNames, removesOnly: removesOnly(actions), origin: 'AttributeUpdates' }
}

function compileAttributeUpdate(name: string, update: AttributeUpdate): UpdateAction {
  const { Action: action = 'PUT', Value: value } = update
  const path = [name]
  if (name === '') throw emptyAttributeName()
  if (value === undefined) {
    if (action !== 'DELETE') throw onlyDeleteWithoutValue()
    return { clause: 'REMOVE', path }
  }
  checkAttributeValue(value)
  if (action === 'PUT') return { clause: 'SET', path, value: constantOperand(value) }
  const type = typeOf(value)
  const allowed = action === 'ADD' ? addableTypes : setTypes
  if (!allowed.has(type)) throw actionNotForType(action, type)
  return { clause: action, path, value }
}
