import { crc32 } from 'node:zlib'
import { StoreUnavailable, type Entry } from '../engine.ts'
import { hasChecksum } from './checksum.ts'
import { Damage } from './fileCheck/damage.ts'
import { firstEntry } from './fileCheck/firstEntry.ts'
import { FreePagesCheck } from './fileCheck/freePagesCheck.ts'
import { itemCheck } from './fileCheck/itemCheck.ts'
import { readLastState, type StoreState } from './fileCheck/metaPages.ts'
import { PageFile } from './fileCheck/pageFile.ts'
import { PageLedger } from './fileCheck/pageLedger.ts'
import { TreeCheck } from './fileCheck/treeCheck.ts'

export interface VerificationOptions {
  /**
   * 'beginning' leaves out the tree of entries: the meta pages, the free pages and the length of
   * the file are proved all the same. 'all' when absent.
   */
  readonly extent?: 'all' | 'beginning'
  /**
   * What to say of a store whose first entry has no checksum: a sentence for the operator, or
   * undefined when that can only be damage.
   */
  readonly describeForeign?: ((first: Entry) => string | undefined) | undefined
  /**
   * The mark that was made of the file when it had been proved. While it fits, the tree of entries
   * is left to {@link VerifiedFile.rest}.
   */
  readonly mark?: string | undefined
}

/**
 * Proves the tree of entries; calls `pause` before each read. Rejects as {@link verifyStoreFile}
 * does, and with what `pause` rejects with. What the state that was verified refers to must still
 * be there, however much is committed meanwhile.
 */
export type RestOfProof = (pause: () => Promise<void>) => Promise<void>

/** What is known of a file whose beginning at least is whole. */
export interface VerifiedFile {
  /** Which file it is, what it was last changed by, and a checksum of its state and free pages. */
  readonly mark: string
  /** What is still to be proved, where the mark fitted. */
  readonly rest: RestOfProof | undefined
}

/**
 * Rejects with StoreUnavailable unless the file at `path` is a whole store. LMDB maps the file into
 * memory and trusts every byte of it: at one that is damaged it would answer wrongly, or end the
 * process by a signal. So everything that LMDB goes by is proved first, with plain reads.
 */
export async function verifyStoreFile(
  path: string,
  options: VerificationOptions = {},
): Promise<VerifiedFile> {
  const file = await openFile(path)
  return refusingDamage(path, file, () => verifyPages(path, file, options))
}

/** Closes `file` when `work` is done. Damage becomes a sentence for the operator. */
async function refusingDamage<T>(path: string, file: PageFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    throw new StoreUnavailable(
      `The file ${path} is damaged, or was not written by Dynatom (${error.message}); ` +
        'restore the data directory from a copy.',
    )
  } finally {
    await file.close()
  }
}

async function openFile(path: string): Promise<PageFile> {
  try {
    return await PageFile.open(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new StoreUnavailable(`The store cannot be read: ${message}.`)
    throw new StoreUnavailable(
      `The file ${path} is missing; restore the data directory from a copy.`,
    )
  }
}

async function verifyPages(
  path: string,
  file: PageFile,
  options: VerificationOptions,
): Promise<VerifiedFile> {
  const state = await readLastState(file)
  const first = await firstEntry(file, state)
  if (first !== undefined && !hasChecksum(first.key, first.value)) {
    const sentence = options.describeForeign?.(first)
    if (sentence !== undefined) throw new StoreUnavailable(sentence)
    throw new Damage('its first entry does not match its checksum')
  }
  const { transactionId, lastPage, freePages, entries } = state
  const ledger = new PageLedger(file, lastPage)
  const freePagesCheck = new FreePagesCheck(ledger, transactionId)
  await new TreeCheck(file, ledger, freePagesCheck).run(freePages, transactionId)
  const pageMap = ledger.checksum(crc32(JSON.stringify(state)))
  const mark = `page map ${pageMap}, ${await file.identity()}\n`
  const isMarked = options.mark === mark
  if (options.extent === 'beginning' || isMarked) ledger.requireMissingFree()
  else await new TreeCheck(file, ledger, itemCheck).run(entries, transactionId)
  return { mark, rest: isMarked ? restOf(path, state, ledger) : undefined }
}

function restOf(
  path: string,
  { entries, transactionId }: StoreState,
  ledger: PageLedger,
): RestOfProof {
  return async (pause) => {
    const file = await PageFile.openPaced(path, pause)
    await refusingDamage(path, file, () =>
      new TreeCheck(file, ledger, itemCheck).run(entries, transactionId),
    )
  }
}
