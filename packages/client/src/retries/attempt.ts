/** What became of a request whose failure is a value. */
export type Outcome<T, Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Failure }

/** A request under way: a promise that rejects when it fails. */
export interface Attempt<T, Failure> extends Promise<T> {
  /**
   * The failure as a value instead: of the type that it has, and not to be overlooked, since the
   * value is only there where `ok` is true. What is no answer of the database about the items,
   * such as a lost connection, still rejects.
   */
  try(): Promise<Outcome<T, Failure>>
}

/** Gives a promise the method `try`, for the failures that `isFailure` knows. */
export function attemptOf<T, Failure>(
  promise: Promise<T>,
  isFailure: (error: unknown) => error is Failure,
): Attempt<T, Failure> {
  const outcome = (): Promise<Outcome<T, Failure>> =>
    promise.then(
      (value) => ({ ok: true, value }),
      (error: unknown) => {
        if (!isFailure(error)) throw error
        return { ok: false, error }
      },
    )
  return Object.assign(promise, { try: outcome })
}
