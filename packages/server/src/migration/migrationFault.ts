/** A store cannot be moved; `message` is a sentence for the operator. */
export class MigrationFault extends Error {
  override readonly name = 'MigrationFault'
}
