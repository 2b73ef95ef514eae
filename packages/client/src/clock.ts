/** Time as the client sees it; tests own theirs. */
export interface Clock {
  now(): Date
  /** Resolves after so many milliseconds, or rejects with the reason of the signal. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** Randomness as the client uses it. */
export interface Random {
  /** From 0 to below 1. */
  fraction(): number
  /** A client request token: 36 characters that nobody else has. */
  token(): string
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait(ms, signal) {
    return new Promise((resolve, reject) => {
      const refuse = (): void => {
        clearTimeout(timer)
        reject(signal?.reason as Error)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', refuse)
        resolve()
      }, ms)
      if (signal?.aborted === true) refuse()
      else signal?.addEventListener('abort', refuse, { once: true })
    })
  },
}

export const systemRandom: Random = {
  fraction: () => Math.random(),
  token: () => globalThis.crypto.randomUUID(),
}
