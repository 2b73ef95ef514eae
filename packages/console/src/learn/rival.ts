import { unlessRefused } from '../database/control.ts'
import { askLab } from '../database/lab.ts'
import type { Rival } from './course.ts'

/** The database of a course, which has a lab. */
interface Place {
  readonly namespace: string
}

/** Has somebody else's transaction hold an item; what it gives lets go of it. */
export async function beginRival(
  place: Place,
  { table, key }: Rival,
): Promise<() => Promise<void>> {
  const body = JSON.stringify({ items: [{ table, key }] })
  const { id } = await askLab<Hold>(place, { method: 'POST', path: '/holds', body })
  return () => letGo(place, id)
}

/** Lets go of what the lab still holds there, as after a reload. */
export async function endRivals(place: Place): Promise<void> {
  const told = await unlessRefused(
    askLab<{ readonly holds: readonly Hold[] }>(place, { path: '/holds' }),
  )
  for (const { id } of told?.holds ?? []) await letGo(place, id)
}

interface Hold {
  readonly id: string
}

/** One that is gone needs no more. */
async function letGo(place: Place, id: string): Promise<void> {
  await unlessRefused(askLab(place, { method: 'DELETE', path: `/holds/${id}` }))
}
