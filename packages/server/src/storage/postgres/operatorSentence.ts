import { isCertificateFault, isServerError } from './failures.ts'
import type { LeaderSearch } from './leaderSearch.ts'
import { hostsText, type PostgresSettings } from './postgresSettings.ts'

/** Why no node could be used, for the operator. */
export function unavailableSentence(
  settings: PostgresSettings,
  search: LeaderSearch | undefined,
): string {
  const hosts = hostsText(settings.hosts)
  const refusal = search?.refusals[0]
  if (refusal !== undefined) return operatorSentence(settings, refusal)
  const failure = search?.failures[0]
  if (failure === undefined) return `No node of PostgreSQL at ${hosts} takes writes.`
  if (isCertificateFault(failure)) {
    return `The certificate of PostgreSQL at ${hosts} is not taken: ${reasonOf(failure)}.`
  }
  return `No node of PostgreSQL at ${hosts} takes writes: ${reasonOf(failure)}.`
}

/** What an error means for the operator, who cannot see the statement that met it. */
export function operatorSentence(settings: PostgresSettings, error: unknown): string {
  const { user, database, schema, password } = settings
  const hosts = hostsText(settings.hosts)
  if (!isServerError(error)) return `PostgreSQL at ${hosts} cannot be used: ${reasonOf(error)}.`
  switch (error.code) {
    case '28P01':
      return password === undefined
        ? `PostgreSQL at ${hosts} asks for a password of ${user}, and there is none.`
        : `PostgreSQL at ${hosts} does not take the password of ${user}.`
    case '28000':
      return `PostgreSQL at ${hosts} does not let ${user} in: ${error.message}.`
    case '3D000':
      return `PostgreSQL at ${hosts} has no database ${database}.`
    case '42501':
      return (
        `The user ${user} of PostgreSQL has no right to what the schema ${schema} in the ` +
        `database ${database} needs: ${error.message}.`
      )
    default:
      return `PostgreSQL at ${hosts} refuses: ${error.message}.`
  }
}

/** Of an error that has met several addresses of a host there is no message. */
function reasonOf(error: unknown): string {
  const { message, errors = [] } = error as Error & { errors?: readonly Error[] }
  return message === '' ? errors.map((each) => each.message).join(', ') : message
}
