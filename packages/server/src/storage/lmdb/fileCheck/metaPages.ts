import { demand } from './damage.ts'
import { pageBytes, PageFile, type Window } from './pageFile.ts'
import { readHeader, requirePage } from './pageHeader.ts'

/**
 * Behind its header each of the two meta pages has, by 16-bit word from the begin of the page:
 *
 *     12 magic number, 32 bits     14 version, 32 bits         16 address of a fixed map: none
 *     20 size of the map           24 tree of free pages       48 tree of entries
 *     72 last page                 76 transaction              80 boot of the machine: not used
 *
 * and a tree has:
 *
 *     0 of the first tree the size of a page, 32 bits          2 flags, 16 bits
 *     3 depth, 16 bits             4 branch pages              8 leaf pages
 *     12 overflow pages            16 entries                  20 root page; none: all ones
 *
 * What is not said to be shorter has 64 bits.
 */
const wordOf = {
  magic: 12,
  version: 14,
  address: 16,
  mapBytes: 20,
  freePages: 24,
  entries: 48,
  lastPage: 72,
  transactionId: 76,
} as const
const magicNumber = 0xbeef_c0de
const dataVersion = 2
/** MDB_INTEGERKEY: the keys of free pages are numbers. */
const freePagesFlags = 8
/** What a process can map at most. */
const longestMapBytes = 2 ** 46
/** LMDB's CURSOR_STACK. */
const greatestDepth = 32
const highestNumber = 2 ** 48

/** What a meta page says of a tree. */
export interface TreeRecord {
  /** Absent when the tree is empty. */
  readonly root: number | undefined
  readonly depth: number
  readonly branchPages: number
  readonly leafPages: number
  readonly overflowPages: number
  readonly entries: number
}

/** A committed state of the store. */
export interface StoreState {
  readonly transactionId: number
  readonly lastPage: number
  readonly freePages: TreeRecord
  readonly entries: TreeRecord
}

/**
 * The last committed state, by both meta pages. Transaction N is committed by writing meta page
 * N mod 2, and what N - 1 refers to is not overwritten before N is committed. So the file always
 * holds the beginnings of two states that follow each other, and their roots tell which
 * transactions made them: a transaction id that was changed does not agree with the roots.
 */
export async function readLastState(file: PageFile): Promise<StoreState> {
  const { older, last, isCopy } = await readMetas(file)
  await checkRoots(file, last)
  if (!isCopy) await checkRoots(file, older)
  return last
}

interface MetaPages {
  readonly window: Window
  readonly older: StoreState
  readonly last: StoreState
  /** Whether the older one says the same as the last one, as {@link mendMetaPages} leaves it. */
  readonly isCopy: boolean
}

async function readMetas(file: PageFile): Promise<MetaPages> {
  demand(file.pageCount >= 2, `it has only ${file.sizeBytes} bytes`)
  const window = await file.read({ page: 0, pageCount: 2 })
  const first = readMeta(window, 0)
  const second = readMeta(window, 1)
  const [older, last] =
    first.transactionId < second.transactionId ? [first, second] : [second, first]
  demand(
    last.transactionId === 0 || last.transactionId - older.transactionId === 1,
    'its two meta pages do not follow each other',
  )
  return { window, older, last, isCopy: stateBytes(window, 0).equals(stateBytes(window, 1)) }
}

/** What a meta page says of a state but for its transaction. */
function stateBytes({ bytes }: Window, page: number): Buffer {
  const base = page * pageBytes
  return bytes.subarray(base + wordOf.mapBytes * 2, base + wordOf.transactionId * 2)
}

/**
 * To be called when LMDB has failed to write a meta page. It then takes the transaction id back but
 * leaves the trees of the failed transaction beside it, which looks like a last commit that damage
 * to its id has hidden. That page becomes a copy of the other one, which no commit can produce.
 */
export async function mendMetaPages(path: string): Promise<void> {
  const file = await PageFile.open(path, 'r+')
  try {
    const { window, older, last } = await readMetas(file)
    const failedId = last.transactionId + 1
    if ((await newestRootOf(file, older)) !== failedId) return
    const failedPage = failedId % 2
    const place = failedPage * pageBytes + wordOf.mapBytes * 2
    await file.overwrite(stateBytes(window, 1 - failedPage), place)
  } finally {
    await file.close()
  }
}

function readMeta(window: Window, page: number): StoreState {
  const { kind } = readHeader(window, page * pageBytes, page)
  const base = (page * pageBytes) / 2
  const number = (word: number): number => window.number(base + word)
  const short = (word: number): number => {
    const at = base + word
    return (window.words[at] as number) + (window.words[at + 1] as number) * 0x1_0000
  }
  const isMeta = kind === 'meta' && short(wordOf.magic) === magicNumber
  demand(isMeta && short(wordOf.version) === dataVersion, `page ${page} is no meta page`)
  const transactionId = number(wordOf.transactionId)
  demand(
    transactionId === 0 || (transactionId < highestNumber && transactionId % 2 === page),
    `page ${page} is the meta page of another transaction`,
  )
  const lastPage = number(wordOf.lastPage)
  const mapBytes = number(wordOf.mapBytes)
  demand(
    number(wordOf.address) === 0 &&
      mapBytes % pageBytes === 0 &&
      mapBytes <= longestMapBytes &&
      mapBytes >= (lastPage + 1) * pageBytes,
    `meta page ${page} describes an impossible map`,
  )
  demand(
    short(wordOf.freePages) === pageBytes &&
      window.words[base + wordOf.freePages + 2] === freePagesFlags &&
      short(wordOf.entries) === 0 &&
      window.words[base + wordOf.entries + 2] === 0,
    `meta page ${page} has unknown flags`,
  )
  return {
    transactionId,
    lastPage,
    freePages: readTree(window, base + wordOf.freePages),
    entries: readTree(window, base + wordOf.entries),
  }
}

function readTree(window: Window, word: number): TreeRecord {
  const isEmpty = window.words.subarray(word + 20, word + 24).every((each) => each === 0xffff)
  const tree = {
    root: isEmpty ? undefined : window.number(word + 20),
    depth: window.words[word + 3] as number,
    branchPages: window.number(word + 4),
    leafPages: window.number(word + 8),
    overflowPages: window.number(word + 12),
    entries: window.number(word + 16),
  }
  demand(
    isEmpty ? tree.depth === 0 : tree.depth > 0 && tree.depth <= greatestDepth,
    'a meta page describes an impossible tree',
  )
  return tree
}

/** The newer one of the two roots was written by the transaction itself. */
async function checkRoots(file: PageFile, state: StoreState): Promise<void> {
  const newest = await newestRootOf(file, state)
  demand(newest === state.transactionId, 'a meta page and what it refers to are not of one time')
}

/** Which transaction wrote the newer one of the two roots; 0 when there is none. */
async function newestRootOf(file: PageFile, state: StoreState): Promise<number> {
  let newest = 0
  for (const { root, depth } of [state.freePages, state.entries]) {
    if (root === undefined) continue
    demand(root > 1 && root < file.pageCount, `the root page ${root} is missing`)
    const header = readHeader(await file.read({ page: root, pageCount: 1 }), 0, root)
    requirePage(header, root, {
      kind: depth === 1 ? 'leaf' : 'branch',
      transactionId: highestNumber,
    })
    newest = Math.max(newest, header.transactionId)
  }
  return newest
}
