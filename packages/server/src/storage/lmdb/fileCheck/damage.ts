/** What is wrong in a store's file, for the operator: words that stand behind "damaged: ". */
export class Damage extends Error {
  override readonly name = 'Damage'
}

/** Throws {@link Damage} unless `condition` holds. Not for inner loops: `what` is always built. */
export function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Damage(what)
}
