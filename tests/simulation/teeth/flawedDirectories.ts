import { SimulatedDirectory, type FileState } from '../world/simulatedDirectory.ts'

/*
 * Files that break the contract of a journal's files, each in one way.
 */

/** Tells of writes that are in the memory of the machine alone. */
export class HastyDirectory extends SimulatedDirectory {
  override flush(file: FileState, after: 'write' | 'cut'): void {
    if (after === 'cut') super.flush(file, after)
  }
}

/** Does not put names on the disk. */
export class NamelessDirectory extends SimulatedDirectory {
  override flushNames(): void {}
}

/** Leaves behind what a failed write has left. */
export class UncutDirectory extends SimulatedDirectory {
  override cut(): void {}
}
