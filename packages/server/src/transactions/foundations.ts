import { FoundationFailed } from '../commits/committer.ts'
import type { OrderedCommit } from './orderedImages.ts'

const none: readonly OrderedCommit[] = []

/** The commits that are not durable yet and that a write was worked out on. */
export class Foundations {
  commits: readonly OrderedCommit[] = none

  add(commit: OrderedCommit): void {
    if (!this.commits.includes(commit)) this.commits = [...this.commits, commit]
  }

  /**
   * Resolves when all of them are durable, so that what was seen of them may be told; undefined
   * when there is nothing to wait for. Rejects with FoundationFailed.
   */
  durable(): Promise<void> | undefined {
    return this.commits.length === 0 ? undefined : this.#allDurable()
  }

  async #allDurable(): Promise<void> {
    for (const commit of this.commits) {
      await commit.committed.catch(() => undefined)
      if (commit.failure !== undefined) throw new FoundationFailed(commit.failure)
    }
  }
}
