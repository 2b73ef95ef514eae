const storageName = 'dynatom.namespace'
const changed = 'dynatom-namespace'

/** The namespace that this tab looks at, over a reload as well; undefined for the main database. */
export const chosenNamespace = (): string | undefined =>
  sessionStorage.getItem(storageName) ?? undefined

/** Has this tab look at a namespace from now on. */
export function chooseNamespace(name: string | undefined): void {
  if (name === undefined) sessionStorage.removeItem(storageName)
  else sessionStorage.setItem(storageName, name)
  dispatchEvent(new Event(changed))
}

/** Calls `listener` whenever another one is chosen, until what it gives is called. */
export function onNamespace(listener: () => void): () => void {
  addEventListener(changed, listener)
  return () => removeEventListener(changed, listener)
}
