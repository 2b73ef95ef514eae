import { listOfWrites, type StorageWrite } from '../../../packages/server/src/storage/engine.ts'
import { SimulatedEngine, type CommitStage } from '../world/simulatedEngine.ts'

/*
 * Engines that break the contract of storage, each in one way. The simulation is worth something as
 * long as it finds them all.
 */

/** Tells of success before the commit is on disk. */
export class HastyEngine extends SimulatedEngine {
  protected override get stages(): readonly CommitStage[] {
    return ['visible', 'acknowledged', 'durable']
  }
}

/** Shows what is not on disk yet. */
export class IndiscreetEngine extends SimulatedEngine {
  protected override get stages(): readonly CommitStage[] {
    return ['visible', 'durable', 'acknowledged']
  }
}

/** Acknowledges what cannot be read yet. */
export class ForgetfulEngine extends SimulatedEngine {
  protected override get stages(): readonly CommitStage[] {
    return ['durable', 'acknowledged', 'visible']
  }
}

/** Writes half of a commit when the process dies in the middle of it. */
export class TearingEngine extends SimulatedEngine {
  protected override keepAtCrash(writes: readonly StorageWrite[]): void {
    super.keepAtCrash(writes.slice(0, Math.ceil(writes.length / 2)))
  }
}

/** Does not look whether the expectations of a commit hold. */
export class CarelessEngine extends SimulatedEngine {
  protected override refusalOf(): Error | undefined {
    return super.refusalOf([])
  }
}

/** Loses writes of keys that begin with `firstByte`: so many of them. */
export const losing = (firstByte: number, rate = 0.05): typeof SimulatedEngine =>
  class extends SimulatedEngine {
    override async commit(
      ...[expectations, writes]: Parameters<SimulatedEngine['commit']>
    ): Promise<void> {
      const list = await listOfWrites(writes)
      const { random } = this.surroundings
      const isLost = ({ key }: StorageWrite): boolean => key[0] === firstByte && random.chance(rate)
      return super.commit(
        expectations,
        list.filter((write) => !isLost(write)),
      )
    }
  }
