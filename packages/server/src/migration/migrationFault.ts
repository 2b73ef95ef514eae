/** A store cannot be moved; `message` is a sentence for the operator. */
export class MigrationFault extends Error {
  override readonly name = 'MigrationFault'
}

/** Nobody can tell which of the two is the store: neither may be used until it is known. */
export class UnknownOutcome extends MigrationFault {}
