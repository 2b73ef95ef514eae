import type { Clock, Timer } from '../clock.ts'
import { tlsIntervalMs } from '../limits.ts'
import { checkTlsPair, readTlsPair, TlsFault, type TlsFiles, type TlsPair } from './tlsPair.ts'

/** What has become of a certificate and its key. */
export type TlsEvent =
  /** They have changed, and new connections have them. */
  | { readonly kind: 'loaded'; readonly certFile: string }
  /** `message` is one sentence. What was in force stays so. */
  | { readonly kind: 'refused'; readonly message: string }

export interface WatchTlsOptions extends TlsFiles {
  readonly clock: Clock
  readonly onEvent?: ((event: TlsEvent) => void) | undefined
}

/**
 * The certificate and the key of two files, as they are now. The files are read again and again and
 * compared with what was read before, which sees every way of changing them. INVARIANT: a pair that
 * cannot be used changes nothing, and is told once; not before it has been met twice, for files are
 * replaced one after the other.
 */
export class WatchedTls {
  readonly #options: WatchTlsOptions
  #pair: TlsPair
  /** What the files held, or why not, when they were last looked at; and whether it was told. */
  #broken: { readonly state: string; readonly isTold: boolean } | undefined
  #renew: (pair: TlsPair) => void = () => {}
  #timer: Timer | undefined
  #isClosed = false

  private constructor(options: WatchTlsOptions, pair: TlsPair) {
    this.#options = options
    this.#pair = pair
    this.#schedule()
  }

  /** Reads the files and watches them from then on. Rejects with TlsFault. */
  static async open(options: WatchTlsOptions): Promise<WatchedTls> {
    const pair = await readTlsPair(options)
    checkTlsPair(pair, options)
    return new WatchedTls(options, pair)
  }

  /** The pair in force. */
  get pair(): TlsPair {
    return this.#pair
  }

  /** Calls `renew` with each pair that comes in force from now on. */
  onRenewal(renew: (pair: TlsPair) => void): void {
    this.#renew = renew
  }

  /** Looks at the files now; resolves when what they hold is in force, or refused. */
  async refresh(): Promise<void> {
    let state = ''
    try {
      const pair = await readTlsPair(this.#options)
      if (this.#isClosed) return
      state = `${pair.cert}\n${pair.key}`
      if (pair.cert === this.#pair.cert && pair.key === this.#pair.key) {
        this.#broken = undefined
        return
      }
      if (this.#broken?.isTold === true && this.#broken.state === state) return
      checkTlsPair(pair, this.#options)
      this.#take(pair)
    } catch (error) {
      if (!(error instanceof TlsFault)) throw error
      this.#refuse(state === '' ? error.message : state, error.message)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  #take(pair: TlsPair): void {
    this.#pair = pair
    this.#broken = undefined
    this.#renew(pair)
    this.#options.onEvent?.({ kind: 'loaded', certFile: this.#options.certFile })
  }

  #refuse(state: string, message: string): void {
    if (this.#isClosed) return
    const isMetAgain = this.#broken?.state === state
    if (isMetAgain && this.#broken?.isTold === false) {
      this.#options.onEvent?.({ kind: 'refused', message })
    }
    this.#broken = { state, isTold: isMetAgain }
  }

  #schedule(): void {
    this.#timer = this.#options.clock.startTimer(tlsIntervalMs, () => {
      void this.refresh().finally(() => {
        if (!this.#isClosed) this.#schedule()
      })
    })
  }
}
