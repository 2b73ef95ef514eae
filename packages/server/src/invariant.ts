/**
 * A broken promise of our own code. It is never the client's fault: the server answers
 * InternalServerError and logs it with the request id.
 */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
}

/** Throws {@link InvariantViolation} unless `condition` holds. */
export function invariant(condition: unknown, statement: string): asserts condition {
  if (!condition) throw new InvariantViolation(statement)
}

/** Marks a branch that the types prove unreachable. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`unreachable: ${JSON.stringify(value)}`)
}

/** What was thrown, as the error that everything here throws. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new InvariantViolation(String(thrown))
