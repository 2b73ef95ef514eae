/**
 * What every error that this package makes is an instance of; those of the SDK pass through as
 * they are.
 */
export abstract class ClientError extends Error {
  /** The name of its class, also when the code was made smaller. */
  abstract override readonly name: string
}
