import type { AttributeMap, Item } from '../values/attributeValue.ts'
import type { CompiledUpdate } from './boundExpression.ts'
import { buildPathTree, isEmptyMap, selectFromMap } from './pathTree.ts'

/**
 * What `image` has at the paths that `update` touches, for UPDATED_OLD and UPDATED_NEW; undefined
 * when that is nothing. With `moment` after, what the update removes is left out: another list
 * element may have moved to its position.
 */
export function updatedFragments(
  update: CompiledUpdate,
  image: Item | undefined,
  moment: 'before' | 'after' = 'before',
): AttributeMap | undefined {
  if (image === undefined) return undefined
  const actions =
    moment === 'before'
      ? update.actions
      : update.actions.filter((action) => action.clause !== 'REMOVE')
  const fragments = selectFromMap(buildPathTree(actions.map((action) => action.path)), image)
  return isEmptyMap(fragments) ? undefined : fragments
}
