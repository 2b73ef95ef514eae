/** A file of identities that a database cannot be opened with; `message` is for the operator. */
export class IdentitiesUnusable extends Error {
  override readonly name = 'IdentitiesUnusable'
}
