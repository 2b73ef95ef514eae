import { readFile, stat } from 'node:fs/promises'
import type { Clock, Timer } from '../../clock.ts'
import { identitiesIntervalMs, maxIdentitiesBytes } from '../../limits.ts'
import type { AccessKey, AccessKeys } from '../accessKeys.ts'
import type { Identities } from './identities.ts'
import { IdentitiesFault } from './identitiesFault.ts'
import { parseIdentities } from './parseIdentities.ts'

/** What has become of a file of identities. */
export type IdentitiesEvent =
  | { readonly kind: 'loaded'; readonly fileName: string; readonly identities: Identities }
  /** `message` is one sentence, with the place where there is one. What was in force stays so. */
  | { readonly kind: 'refused'; readonly fileName: string; readonly message: string }

export interface WatchOptions {
  readonly fileName: string
  /** The account of those who name no other. */
  readonly accountId: string
  readonly clock: Clock
  readonly onEvent: (event: IdentitiesEvent) => void
}

/**
 * The identities of a file, as it is now. The file is read again and again and compared with what
 * was read before, which sees every way of changing it: in place, by renaming another file over it,
 * behind a link. INVARIANT: what cannot be read or understood changes nothing; each such state of
 * the file is told once.
 */
export class WatchedIdentities implements AccessKeys {
  readonly #options: WatchOptions
  #identities: Identities
  /** What the file held when it was last looked at, or why it could not be read. */
  #seen: string
  #timer: Timer | undefined
  #isClosed = false

  private constructor(options: WatchOptions, text: string, identities: Identities) {
    this.#options = options
    this.#seen = text
    this.#identities = identities
    this.#schedule()
  }

  /**
   * Reads the file and watches it from then on. Rejects with IdentitiesFault when it cannot be
   * understood, with the system's error when it cannot be read.
   */
  static async open(options: WatchOptions): Promise<WatchedIdentities> {
    const text = await readText(options.fileName)
    return new WatchedIdentities(options, text, parseIdentities(text, options.accountId))
  }

  find(accessKeyId: string): AccessKey | undefined {
    return this.#identities.find(accessKeyId)
  }

  /** Those in force. */
  get current(): Identities {
    return this.#identities
  }

  /** Looks at the file now; resolves when what it says is in force, or refused. */
  async refresh(): Promise<void> {
    const { fileName, accountId, onEvent } = this.#options
    try {
      const text = await readText(fileName)
      if (text === this.#seen || this.#isClosed) return
      this.#seen = text
      this.#identities = parseIdentities(text, accountId)
      onEvent({ kind: 'loaded', fileName, identities: this.#identities })
    } catch (error) {
      this.#refuse(error)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #refuse(error: unknown): void {
    const { fileName, onEvent } = this.#options
    if (this.#isClosed) return
    if (error instanceof IdentitiesFault) {
      onEvent({ kind: 'refused', fileName, message: error.in(fileName) })
      return
    }
    const reason = unreadableText(fileName, error)
    // A file that is away for a while may come back as it was.
    if (this.#seen === reason) return
    this.#seen = reason
    onEvent({ kind: 'refused', fileName, message: reason })
  }

  #schedule(): void {
    this.#timer = this.#options.clock.startTimer(identitiesIntervalMs, () => {
      void this.refresh().finally(() => {
        if (!this.#isClosed) this.#schedule()
      })
    })
  }
}

/** Why a file of identities cannot be read, in a sentence for who named it. */
export function unreadableText(fileName: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return `There is no file ${fileName}.`
  if (code === 'EISDIR') return `${fileName} is a directory.`
  if (code === 'EACCES' || code === 'EPERM') return `${fileName} must not be read by this user.`
  return `${fileName} cannot be read: ${message}`
}

/** The text of a file. Rejects with the system's error, and for a file that is too big. */
export async function readText(fileName: string): Promise<string> {
  const { size } = await stat(fileName)
  if (size > maxIdentitiesBytes) throw new Error(`it has more than ${maxIdentitiesBytes} bytes.`)
  return readFile(fileName, 'utf8')
}
