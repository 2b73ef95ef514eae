import { systemClock, systemRandom, type Random } from '../clock.ts'
import type { Services } from '../operations/services.ts'
import { GroupCommit } from '../commits/groupCommit.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { Catalog } from '../catalog/catalog.ts'
import { ManualClock } from './manualClock.ts'

/** What the operations on tables need, over an empty store in memory. */
export interface ControlPlane extends Pick<Services, 'catalog' | 'random' | 'region'> {
  readonly clock: ManualClock
}

/** The table id that every table of a {@link ControlPlane} gets. */
export const testTableId = '01234567-89ab-4cde-8f01-23456789abcd'

export async function openControlPlane(delayTransientStatuses = false): Promise<ControlPlane> {
  const clock = new ManualClock()
  const random: Random = { ...systemRandom, uuid: () => testTableId }
  const region = 'us-east-1'
  const engine = new MemoryEngine()
  const catalog = await Catalog.open({
    engine,
    commits: new GroupCommit(engine, systemClock),
    clock,
    region,
    accountId: '000000000000',
    delayTransientStatuses,
  })
  return { catalog, clock, random, region }
}
