import { chainOf, type Item } from './itemChains.ts'

export const updateReturns = ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'] as const
export type UpdateReturn = (typeof updateReturns)[number]

/**
 * The chain just before an update that added `added` to it, as its ReturnValues tell; undefined when
 * they do not. A new chain that does not end in `added` is given as it is, with an id that nobody wrote
 * in the place of what is missing, so that the checker sees the contradiction.
 */
export function beforeUpdate(
  returned: UpdateReturn,
  attributes: Item | undefined,
  added: readonly string[],
): readonly string[] | undefined {
  if (returned === 'NONE') return undefined
  const chain = chainOf(attributes)
  if (returned === 'ALL_OLD' || returned === 'UPDATED_OLD') return chain
  const before = chain.slice(0, -added.length)
  const isWhole = added.every((version, i) => chain[before.length + i] === version)
  return isWhole ? before : [...chain, `not ${added.join(',')}`]
}
