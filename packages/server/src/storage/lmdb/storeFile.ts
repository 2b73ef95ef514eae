import { StoreUnavailable } from '../engine.ts'
import { Damage } from './fileCheck/damage.ts'
import { FreePagesCheck } from './fileCheck/freePagesCheck.ts'
import { itemCheck } from './fileCheck/itemCheck.ts'
import { readLastState } from './fileCheck/metaPages.ts'
import { PageFile } from './fileCheck/pageFile.ts'
import { PageLedger } from './fileCheck/pageLedger.ts'
import { TreeCheck } from './fileCheck/treeCheck.ts'

/**
 * Rejects with StoreUnavailable unless the file at `path` is absent, empty or a whole store. LMDB
 * maps the file into memory and trusts every byte of it: at one that is damaged it would answer
 * wrongly, or end the process by a signal. So everything that LMDB goes by is proved first, with
 * plain reads.
 */
export async function verifyStoreFile(path: string): Promise<void> {
  let file: PageFile
  try {
    file = await PageFile.open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new StoreUnavailable(`The store cannot be read: ${(error as Error).message}.`)
  }
  try {
    if (file.sizeBytes > 0) await verifyPages(file)
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

async function verifyPages(file: PageFile): Promise<void> {
  const { transactionId, lastPage, freePages, entries } = await readLastState(file)
  const ledger = new PageLedger(file, lastPage)
  const freePagesCheck = new FreePagesCheck(ledger, transactionId)
  await new TreeCheck(file, ledger, freePagesCheck).run(freePages, transactionId)
  await new TreeCheck(file, ledger, itemCheck).run(entries, transactionId)
  ledger.requireAllTaken()
}
