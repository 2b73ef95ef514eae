import { passwordElsewhere } from './passwordFile.ts'
import { PostgresEngine, type EngineSurroundings } from './postgresEngine.ts'
import { parsePostgresUrl } from './postgresUrl.ts'

export interface PostgresOptions extends EngineSurroundings {
  /** Whether there are reads of nodes that follow; false when absent. */
  readonly readsReplicas?: boolean
  /** Whether it is opened in order to be moved elsewhere; false when absent. */
  readonly isMoving?: boolean
  /** For somebody who only reads: it must be there. False when absent. */
  readonly readOnly?: boolean
}

/**
 * Opens the store at the address `url`, where that has no password with one of `environment` or of
 * the file that it names. Rejects with StoreUnavailable and a sentence for the operator.
 */
export async function openPostgres(
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
  { readsReplicas = false, isMoving = false, readOnly = false, ...surroundings }: PostgresOptions,
): Promise<PostgresEngine> {
  const addressed = parsePostgresUrl(url)
  const password = addressed.password ?? passwordElsewhere(addressed, environment)
  const settings = {
    ...addressed,
    password,
    readsReplicas,
    isMoving,
    mustBeThere: isMoving || readOnly,
  }
  return PostgresEngine.open(settings, surroundings)
}
