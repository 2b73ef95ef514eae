import type { CommitOutcome } from '../commits/committer.ts'
import type { ItemImage } from '../items/itemImage.ts'
import type { StorageEngine } from '../storage/engine.ts'

/** An item as a commit leaves it; no image where it is deleted. */
export interface WrittenImage {
  /** The item's name among claims. */
  readonly name: string
  image: ItemImage | undefined
  /** The commit, once it has its place. */
  commit: OrderedCommit | undefined
}

/** A commit that has its place among all commits and is not known to be durable yet. */
export interface OrderedCommit extends CommitOutcome {
  readonly written: readonly WrittenImage[]
  /** Settles as the commit does. */
  committed: Promise<unknown>
}

/** The newest image of an item. */
export interface OrderedImage extends WrittenImage {
  commit: OrderedCommit
}

/**
 * The items as they will be when all commits are durable that are under way. Writers build on them;
 * nobody else may see them. They are in memory as long as their commits are, and counted with them.
 */
export class OrderedImages {
  readonly #engine: StorageEngine
  readonly #items = new Map<string, WrittenImage>()

  constructor(engine: StorageEngine) {
    this.#engine = engine
  }

  /** How many items are not as the store has them yet. */
  get size(): number {
    return this.#items.size
  }

  /**
   * Notes what a commit writes. {@link settled} must follow. REQUIRES: its items are its writer's
   * own.
   */
  note(commit: OrderedCommit): void {
    for (const written of commit.written) {
      written.commit = commit
      this.#items.set(written.name, written)
    }
  }

  /** The commit is durable, or has failed. */
  settled(commit: OrderedCommit): void {
    for (const written of commit.written) {
      if (this.#items.get(written.name) === written) this.#items.delete(written.name)
      // A table that the map has grown out of may have it as long as the collector lets it stand.
      written.image = undefined
      written.commit = undefined
    }
  }

  /**
   * The newest image of an item, by its name among claims, with its commit; undefined for one that
   * is as the store has it, or will be again because the commit has failed.
   */
  find(name: string): OrderedImage | undefined {
    const found = this.#items.get(name)
    if (found?.commit === undefined || found.commit.failure !== undefined) return undefined
    const { image } = found
    if (image !== undefined && image.version === undefined) {
      found.image = image.withVersion(this.#engine.versionOf(image.stored))
    }
    return found as OrderedImage
  }
}
