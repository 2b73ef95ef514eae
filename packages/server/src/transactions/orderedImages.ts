import type { CommitOutcome } from '../commits/committer.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { StorageEngine } from '../storage/engine.ts'
import { nameOfItem } from './claims.ts'

/** An item as a commit leaves it; no image where it is deleted. */
export interface WrittenImage {
  readonly rowKey: Buffer
  readonly image: ItemImage | undefined
}

/** A commit that has its place among all commits and is not known to be durable yet. */
export interface OrderedCommit extends CommitOutcome {
  /** Resolves when it is durable or has failed. */
  readonly settled: Promise<void>
}

interface OrderedImage {
  image: ItemImage | undefined
  readonly commit: OrderedCommit
}

/**
 * The items as they will be when all commits are durable that are under way. Writers build on them;
 * nobody else may see them. They are in memory as long as their commits are, and counted with them.
 */
export class OrderedImages {
  readonly #engine: StorageEngine
  readonly #items = new Map<string, OrderedImage>()

  constructor(engine: StorageEngine) {
    this.#engine = engine
  }

  /** How many items are not as the store has them yet. */
  get size(): number {
    return this.#items.size
  }

  /** Notes what a commit writes, until it has settled. REQUIRES: its items are its writer's own. */
  note(written: readonly WrittenImage[], commit: OrderedCommit): void {
    if (written.length === 0) return
    const names = written.map(({ rowKey }) => nameOfItem(rowKey))
    written.forEach(({ image }, i) => this.#items.set(names[i] as string, { image, commit }))
    void commit.settled.then(() => {
      for (const name of names) {
        if (this.#items.get(name)?.commit === commit) this.#items.delete(name)
      }
    })
  }

  /**
   * The newest image of an item with its commit; undefined for one that is as the store has it, or
   * will be again because the commit has failed.
   */
  find(rowKey: Buffer): OrderedImage | undefined {
    if (this.#items.size === 0) return undefined
    const found = this.#items.get(nameOfItem(rowKey))
    if (found === undefined || found.commit.failure !== undefined) return undefined
    const { image } = found
    if (image !== undefined && image.version === undefined) {
      found.image = image.withVersion(this.#engine.versionOf(image.stored))
    }
    return found
  }
}
