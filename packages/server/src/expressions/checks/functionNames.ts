import { functionOfOtherKind, unknownFunction } from '../../errors/expressionErrors.ts'
import type { Parser } from '../parser.ts'

const conditionFunctions: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
  'size',
])
const updateFunctions: ReadonlySet<string> = new Set(['if_not_exists', 'list_append'])

/** Every function exists, its case included, and belongs to this kind of expression. */
export function checkFunctionNames(parser: Parser): void {
  const isUpdate = parser.kind === 'UpdateExpression'
  const allowed = isUpdate ? updateFunctions : conditionFunctions
  const others = isUpdate ? conditionFunctions : updateFunctions
  for (const { name } of parser.functions) {
    if (allowed.has(name)) continue
    if (others.has(name)) throw functionOfOtherKind(parser.kind, name)
    throw unknownFunction(parser.kind, name)
  }
}
