import { StorageFailure, type Bytes, type StorageEngine } from '../engine.ts'
import type { JournalFiles } from './journalFiles.ts'
import { decodeSequence } from './journalRecord.ts'
import { readJournalState, requireNoJournal } from './journalState.ts'
import { appliedKey, LayeredSnapshot, readKey, type StoreEngine } from './layeredReads.ts'
import { Overlay } from './overlay.ts'
import { OwnedReads } from '../ownedReads.ts'

/** Store and journal for somebody who only reads: both stay as they are. */
export class JournalReader extends OwnedReads implements StorageEngine {
  readonly capabilities = { durable: true, shared: false, syncReads: true } as const
  readonly #store: StoreEngine
  readonly #overlay: Overlay

  private constructor(store: StoreEngine, overlay: Overlay) {
    super()
    this.#store = store
    this.#overlay = overlay
  }

  /** Throws JournalDamage when the journal is damaged or does not continue the store. */
  static open(store: StoreEngine, files: JournalFiles): JournalReader {
    const overlay = new Overlay()
    const applied = store.get(appliedKey)
    if (applied === undefined) requireNoJournal(files)
    else overlay.showAll(readJournalState(files, decodeSequence(applied)).missing)
    return new JournalReader(store, overlay)
  }

  get(key: Bytes): Bytes | undefined {
    return readKey(this.#overlay, this.#store, key)
  }

  snapshot(): LayeredSnapshot {
    return new LayeredSnapshot(this.#overlay, this.#store)
  }

  commit(): Promise<void> {
    return Promise.reject(new StorageFailure('the store was opened for reading'))
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}
