import { systemClock } from '../clock.ts'
import type { Explanation } from '../lab/explanations/explanation.ts'
import { StoreUnavailable } from '../storage/engine.ts'
import { maskedAddress } from './engineAddress.ts'
import type { AuditFile } from './auditFile.ts'
import { IdentitiesUnusable } from './identities/identitiesUnusable.ts'
import {
  ContentUnusable,
  createDatabase,
  type AuthOptions,
  type Database,
} from './createDatabase.ts'
import type { ListeningAddress } from './doors.ts'
import { OperatorError } from './operatorError.ts'
import { accessKeyIdName, rootKeyOf, secretAccessKeyName } from './rootKeySource.ts'
import { createRequestLogger, type RequestLogger } from './requestLog.ts'
import { type ServerSettings } from './settings.ts'
import { contentOf } from './settingsContent.ts'
import { readToken } from './tokenFile.ts'

export interface RunningServer {
  readonly address: ListeningAddress
  /** Answers the requests under way, makes everything durable and ends the log. */
  close(): Promise<void>
}

/**
 * Opens the database and listens. Throws OperatorError for what the operator can put right.
 * `onStoreFailure` is called when the store cannot go on.
 */
export async function startServer(
  settings: ServerSettings,
  write: (text: string) => void,
  onStoreFailure: (error: OperatorError) => void,
): Promise<RunningServer> {
  const logger = createRequestLogger(settings.log, systemClock, write)
  const auth = authOf(settings, logger)
  const onFailure = (error: Error): void => {
    // What is told next ends the process.
    logger.flush()
    if (error instanceof StoreUnavailable) return onStoreFailure(new OperatorError(error.message))
    onStoreFailure(
      new OperatorError(
        `The store in ${placeOf(settings)} has failed and must be opened again; ` +
          `what was acknowledged is safe: ${error.message}.`,
      ),
    )
  }
  const audit = settings.audit === undefined ? undefined : await openAudit(settings.audit, logger)
  const database = await openDatabase(settings, { auth, audit, logger }, onFailure)
  try {
    const { port, hosts: host, tlsCertFile: certFile, tlsKeyFile: keyFile } = settings
    const isSecure = certFile !== undefined && keyFile !== undefined
    const tls = isSecure && { tls: { certFile, keyFile, onEvent: logger.onTlsEvent } }
    const address = await database.listen({ port, host, ...tls })
    const endMoves = await acceptMoves(settings, database)
    return {
      address,
      async close() {
        endMoves()
        await database.close()
        await audit?.close()
        logger.flush()
      },
    }
  } catch (error) {
    await database.close()
    throw listenFailure(settings, error)
  }
}

/** Lets the command `dynatom migrate` move the store of a data directory. Gives what ends it. */
async function acceptMoves(
  { inMemory, engine, lab, dataDirectory }: ServerSettings,
  database: Database,
): Promise<() => void> {
  if (inMemory || engine !== undefined) return () => undefined
  const { listenForMoves } = await import('./migration/controlSocket.ts')
  return listenForMoves(dataDirectory, async ({ to, environment }, onProgress, signal) => {
    if (lab) throw new OperatorError('A server with --lab does not move its store.')
    await database.moveTo(to, { environment, onProgress, signal })
  })
}

const placeOf = ({ engine, dataDirectory }: ServerSettings): string =>
  engine === undefined ? dataDirectory : maskedAddress(engine)

/** The lines that tell that the server is ready: where it is, and one command that talks to it. */
export function readyText(
  version: string,
  settings: ServerSettings,
  { endpoint }: ListeningAddress,
  configFile: string | undefined,
): string {
  const place = settings.inMemory ? 'data in memory' : `data in ${placeOf(settings)}`
  const data = configFile === undefined ? place : `${place}, configuration in ${configFile}`
  const credentials =
    settings.auth === 'required'
      ? `AWS_ACCESS_KEY_ID=$${accessKeyIdName} AWS_SECRET_ACCESS_KEY=$${secretAccessKeyName}`
      : 'AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local'
  const command = `aws dynamodb list-tables --endpoint-url ${endpoint} --region ${settings.region}`
  return `Dynatom ${version} is ready: ${endpoint} (${data})\n${credentials} ${command}\n`
}

/** Whose signatures are let in; undefined for everybody's. */
function authOf(
  { auth, identities }: ServerSettings,
  { onIdentities }: RequestLogger,
): AuthOptions | undefined {
  if (auth !== 'required') return undefined
  const rootKey = rootKeyOf(process.env)
  return identities === undefined ? { rootKey } : { rootKey, identities, onIdentities }
}

/** What a database is opened with besides the settings. */
interface DatabaseCompany {
  readonly auth: AuthOptions | undefined
  readonly audit: AuditFile | undefined
  readonly logger: RequestLogger
}

async function openAudit(fileName: string, { onAuditFile }: RequestLogger): Promise<AuditFile> {
  const { AuditFile: File } = await import('./auditFile.ts')
  return File.open(fileName, systemClock, onAuditFile)
}

async function openDatabase(
  settings: ServerSettings,
  { auth, audit, logger }: DatabaseCompany,
  onStoreFailure: (error: Error) => void,
): Promise<Database> {
  const { inMemory, dataDirectory, region, delayTransientStatuses, reservedWords } = settings
  const { limits, maxJournalBytes, verifyStore, accountId, localHealth, validation } = settings
  const { streamShards, streamShardHours, ttlDelaySeconds, metrics, metricsTokenFile } = settings
  const { enforceThroughput, lab, controlTokenFile } = settings
  const { onRequest, onInternalError, onBackgroundWork } = logger
  const onExplanation = settings.logExplain ? await explaining(logger) : undefined
  const metricsToken = metricsTokenFile && readToken(metricsTokenFile)
  const controlToken = controlTokenFile && readToken(controlTokenFile)
  try {
    return await createDatabase({
      ...(settings.engine === undefined
        ? { inMemory, dataDirectory }
        : { engine: settings.engine, eventualReads: settings.eventualReads }),
      region,
      localHealth,
      ...(accountId !== undefined && { accountId }),
      ...contentOf(settings),
      delayTransientStatuses,
      ttlDelaySeconds,
      enforceThroughput,
      reservedWords,
      ...(validation !== undefined && { validation }),
      transactionConflicts: settings.transactionConflicts,
      vectorSearch: settings.vectorSearch,
      onExactSearch: logger.onNotice,
      limits,
      maxJournalBytes,
      streamShards,
      streamShardHours,
      verifyStore,
      ...(auth !== undefined && { auth }),
      ...(audit !== undefined && { onAudit: (record) => audit.write(record) }),
      metrics,
      ...(metricsToken !== undefined && { metricsToken }),
      lab,
      ...(onExplanation !== undefined && { onExplanation }),
      ...(controlToken !== undefined && { controlToken }),
      ...(settings.console !== undefined && { console: settings.console }),
      onInternalError,
      onBackgroundWork,
      onStoreFailure,
      ...(onRequest !== undefined && { onRequest }),
    })
  } catch (error) {
    if (
      error instanceof StoreUnavailable ||
      error instanceof IdentitiesUnusable ||
      error instanceof ContentUnusable
    )
      throw new OperatorError(error.message)
    throw error
  }
}

/** Not loaded by a server that logs no explanations. */
async function explaining(logger: RequestLogger): Promise<(explanation: Explanation) => void> {
  const { explanationLine } = await import('../lab/explanations/explanationText.ts')
  return (explanation) => logger.onExplanation(explanationLine(explanation), explanation)
}

function listenFailure({ port, hosts }: ServerSettings, error: unknown): unknown {
  if (error instanceof Error && error.name === 'TlsFault') {
    return new OperatorError(`${error.message} See --tls-cert and --tls-key.`)
  }
  const where = `port ${port} of ${hosts.join(' and ')}`
  const { code = '' } = error as NodeJS.ErrnoException
  switch (code) {
    case 'EADDRINUSE':
      return new OperatorError(
        `Port ${port} is in use by another process; choose another one with --port.`,
      )
    case 'EACCES':
      return new OperatorError(`Listening on ${where} is not permitted; choose another --port.`)
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return new OperatorError(`This machine has no address ${hosts.join(' or ')}; see --host.`)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new OperatorError(
        `No address is known for the host ${hosts.join(' or ')}; see --host.`,
      )
    default:
      return error
  }
}
