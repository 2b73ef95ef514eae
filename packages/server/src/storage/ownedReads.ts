import { contentVersion } from './contentVersion.ts'
import type { Bytes, Version, Versioned } from './engine.ts'

/** What follows from `get`, in an engine that one process owns and that answers at once. */
export abstract class OwnedReads {
  abstract get(key: Bytes): Bytes | undefined

  getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return keys.map((key) => this.get(key))
  }

  versionOf(value: Bytes): Version {
    return contentVersion(value)
  }

  /** The version of what is there; undefined where nothing is. */
  versionAt(key: Bytes): Version | undefined {
    const value = this.get(key)
    return value === undefined ? undefined : this.versionOf(value)
  }

  read(keys: readonly Bytes[]): (Versioned | undefined)[] {
    return keys.map((key) => {
      const value = this.get(key)
      return value === undefined ? undefined : { value, version: this.versionOf(value) }
    })
  }
}
