let token: string | undefined
const listeners = new Set<() => void>()

/** What requests below `/_dynatom` bear, once somebody has typed it in; in no storage. */
export const controlToken = (): string | undefined => token

/** Has requests bear a token until the page is left, or another one is given. */
export function giveControlToken(given: string | undefined): void {
  token = given
  for (const listener of listeners) listener()
}

/** Calls `listener` whenever there is another one, until what it gives is called. */
export function onControlToken(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
