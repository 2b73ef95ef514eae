import type { Rival } from './course.ts'

/** Holds of the lab of a namespace. */
const holdsOf = (namespace: string, id = ''): string =>
  `/_dynatom/lab/holds${id}?namespace=${encodeURIComponent(namespace)}`

const json = { 'content-type': 'application/json' }

/** Has somebody else's transaction hold an item; what it gives lets go of it. */
export async function beginRival(
  namespace: string,
  { table, key }: Rival,
): Promise<() => Promise<void>> {
  const body = JSON.stringify({ items: [{ table, key }] })
  const answer = await fetch(holdsOf(namespace), { method: 'POST', headers: json, body })
  if (!answer.ok) throw new Error(`The lab answers ${answer.status}.`)
  const { id } = (await answer.json()) as { readonly id: string }
  return async () => {
    await fetch(holdsOf(namespace, `/${id}`), { method: 'DELETE', headers: json })
  }
}

/** Lets go of what the lab still holds there, as after a reload. */
export async function endRivals(namespace: string): Promise<void> {
  const answer = await fetch(holdsOf(namespace))
  if (!answer.ok) return
  const { holds } = (await answer.json()) as { readonly holds: readonly { readonly id: string }[] }
  for (const { id } of holds) {
    await fetch(holdsOf(namespace, `/${id}`), { method: 'DELETE', headers: json })
  }
}
