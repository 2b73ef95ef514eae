import { BackgroundWork } from '../upkeep/backgroundWork.ts'
import { localLeases } from '../upkeep/leases.ts'
import { startTableUpkeep, type TableUpkeepOptions } from '../upkeep/tableUpkeep.ts'
import { WorkFailures, type WorkListener } from '../upkeep/workFailures.ts'

/** The upkeep of a store that this process has to itself, as the composition starts it. */
export async function startUpkeep(
  options: Omit<TableUpkeepOptions, 'work' | 'sharesTables'>,
  listener?: WorkListener,
): Promise<BackgroundWork> {
  const failures = new WorkFailures(listener)
  const work = new BackgroundWork({ clock: options.clock, leases: localLeases, failures })
  await startTableUpkeep({ ...options, work, sharesTables: false })
  return work
}
