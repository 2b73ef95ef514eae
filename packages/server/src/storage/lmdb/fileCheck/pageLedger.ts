import { crc32 } from 'node:zlib'
import { Damage, demand } from './damage.ts'
import { pageBytes, type PageFile } from './pageFile.ts'

/** Pages 0 and 1 are the meta pages. */
const firstDataPage = 2

/**
 * How many pages at the end LMDB may count without ever having written them: what one commit can
 * allocate and give back (MDB_IDL_UM_MAX).
 */
const mostUnwrittenPages = 131_071

/**
 * No page of the store has two uses: it is a part of a tree, or free, or nothing knows of it. LMDB
 * loses sight of a free page now and then, which is no damage: the page is never used again. The
 * ledger holds a bit for each page.
 */
export class PageLedger {
  readonly #taken: Uint8Array
  readonly #endPage: number
  readonly #filePageCount: number

  /** For the pages of `file` up to `lastPage`. */
  constructor(file: PageFile, lastPage: number) {
    demand(
      lastPage + 1 >= firstDataPage && lastPage < file.pageCount + mostUnwrittenPages,
      `it has ${file.sizeBytes} bytes, and ${(lastPage + 1) * pageBytes} are expected`,
    )
    this.#endPage = lastPage + 1
    this.#filePageCount = file.pageCount
    this.#taken = new Uint8Array(Math.ceil(this.#endPage / 8))
  }

  take(page: number, pageCount: number): void {
    const end = page + pageCount
    if (!(page >= firstDataPage && pageCount > 0 && end <= this.#endPage)) {
      throw new Damage(`something refers to page ${page}, which does not exist`)
    }
    for (let i = page; i < end; i++) {
      if (this.#isTaken(i)) throw new Damage(`page ${i} is used twice`)
      this.#taken[i >>> 3] = (this.#taken[i >>> 3] as number) | (1 << (i & 7))
    }
  }

  /** To be called when the free pages have been taken: nothing else may be behind the file. */
  requireMissingFree(): void {
    for (let page = this.#filePageCount; page < this.#endPage; page++) {
      demand(this.#isTaken(page), `its page ${page} is missing`)
    }
  }

  /** A CRC-32 of which pages are taken by now, continued from `checksum`. */
  checksum(checksum: number): number {
    return crc32(this.#taken, checksum)
  }

  #isTaken(page: number): boolean {
    return ((this.#taken[page >>> 3] as number) & (1 << (page & 7))) !== 0
  }
}
