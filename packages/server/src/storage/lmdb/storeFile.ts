import { StoreUnavailable, type Entry } from '../engine.ts'
import { hasChecksum } from './checksum.ts'
import { Damage } from './fileCheck/damage.ts'
import { firstEntry } from './fileCheck/firstEntry.ts'
import { FreePagesCheck } from './fileCheck/freePagesCheck.ts'
import { itemCheck } from './fileCheck/itemCheck.ts'
import { readLastState } from './fileCheck/metaPages.ts'
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
}

/**
 * Rejects with StoreUnavailable unless the file at `path` is a whole store. LMDB maps the file into
 * memory and trusts every byte of it: at one that is damaged it would answer wrongly, or end the
 * process by a signal. So everything that LMDB goes by is proved first, with plain reads.
 */
export async function verifyStoreFile(
  path: string,
  options: VerificationOptions = {},
): Promise<void> {
  const file = await openFile(path)
  try {
    await verifyPages(file, options)
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

async function verifyPages(file: PageFile, options: VerificationOptions): Promise<void> {
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
  if (options.extent === 'beginning') ledger.requireMissingFree()
  else await new TreeCheck(file, ledger, itemCheck).run(entries, transactionId)
}
