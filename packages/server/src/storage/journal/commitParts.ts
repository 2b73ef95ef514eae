import type { StorageWrite, StorageWrites } from '../engine.ts'

/** Some of a commit's writes, in their order. */
export interface CommitPart {
  readonly part: readonly StorageWrite[]
  readonly isLast: boolean
}

const bytesOfWrite = ({ key, value }: StorageWrite): number => key.length + (value?.length ?? 0)

/** Bytes of keys and values, those that several writes share counted each time. */
export function bytesOf(writes: readonly StorageWrite[]): number {
  let sum = 0
  for (const write of writes) sum += bytesOfWrite(write)
  return sum
}

/**
 * The writes of a commit in parts that end with the write that makes them as large as `maxBytes`.
 * A value that stands in several writes one behind the other counts once. Of writes that are asked
 * for part by part there are never more than two parts at hand. Without writes there is no part.
 */
export async function* partsOf(
  writes: StorageWrites,
  maxBytes: number,
): AsyncGenerator<CommitPart, void> {
  let part: StorageWrite[] = []
  let sizeBytes = 0
  let full: StorageWrite[] | undefined
  let last: StorageWrite['value']
  for await (const write of writes) {
    if (full !== undefined) yield { part: full, isLast: false }
    full = undefined
    part.push(write)
    sizeBytes += write.value === last ? write.key.length : bytesOfWrite(write)
    last = write.value ?? last
    if (sizeBytes < maxBytes) continue
    full = part
    part = []
    sizeBytes = 0
  }
  const rest = full ?? part
  if (rest.length > 0) yield { part: rest, isLast: true }
}
