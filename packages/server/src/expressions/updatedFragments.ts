import type { AttributeMap, Item } from '../values/attributeValue.ts'
import type { CompiledUpdate } from './boundExpression.ts'
import { buildPathTree, isEmptyMap, selectFromMap } from './pathTree.ts'

/**
 * What `image` has at the paths that `update` touches, for UPDATED_OLD and UPDATED_NEW; undefined
 * when that is nothing. Positions in lists are those of `image`: where an element was removed there
 * is what has moved up, and an appended one is only found where its position says (measured).
 */
export function updatedFragments(
  update: CompiledUpdate,
  image: Item | undefined,
): AttributeMap | undefined {
  if (image === undefined) return undefined
  const fragments = selectFromMap(buildPathTree(update.actions.map(({ path }) => path)), image)
  return isEmptyMap(fragments) ? undefined : fragments
}
