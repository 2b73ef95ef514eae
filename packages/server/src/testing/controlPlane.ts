import { systemRandom, type Random } from '../clock.ts'
import type { Services } from '../operations/services.ts'
import { openIndexedDatabase } from './indexedDatabase.ts'
import { ManualClock } from './manualClock.ts'

/** What the operations on tables need, over an empty store in memory. */
export interface ControlPlane extends Services {
  readonly clock: ManualClock
}

/** The table id that every table of a {@link ControlPlane} gets. */
export const testTableId = '01234567-89ab-4cde-8f01-23456789abcd'

export async function openControlPlane(delayTransientStatuses = false): Promise<ControlPlane> {
  const clock = new ManualClock()
  const random: Random = { ...systemRandom, uuid: () => testTableId }
  const { services } = await openIndexedDatabase({ clock, random, delayTransientStatuses })
  return { ...services, clock }
}
