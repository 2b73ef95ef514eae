import { composeDatabase } from '../../packages/server/dist/cli/createDatabase.js'
import { parseCommandLine } from '../../packages/server/dist/cli/commandLine.js'
import { localSet } from '../../packages/server/dist/cli/engineSet.js'
import { sharedSet } from '../../packages/server/dist/cli/sharedSet.js'
import { openEngine } from '../../packages/server/dist/cli/openEngine.js'
import { readyText } from '../../packages/server/dist/cli/server.js'
import { settingsInForce } from '../../packages/server/dist/cli/settingsInForce.js'
import { readVersion } from '../../packages/server/dist/cli/version.js'

/** @import { Committer } from '../../packages/server/dist/commits/committer.js' */
/** @import { StorageEngine } from '../../packages/server/dist/storage/engine.js' */
/** @import { JournalFiles } from '../../packages/server/dist/storage/journal/journalFiles.js' */
/** @import { Claims } from '../../packages/server/dist/transactions/claims.js' */
/** @import { Points } from '../../packages/server/dist/transactions/points.js' */

/**
 * The parts of a server that are not as they should be; those that are absent are.
 *
 * @typedef {object} Flaws
 * @property {(engine: StorageEngine) => StorageEngine} [engine]
 * @property {(files: JournalFiles) => JournalFiles} [files] Not used in memory.
 * @property {(committer: Committer) => Committer} [committer]
 * @property {Claims} [claims]
 * @property {Points} [points]
 */

/**
 * Starts a server with flaws in this process, as the command line of the process says, and prints
 * what the command prints when it is ready. It ends in good order with SIGTERM.
 *
 * @param {Flaws} flaws
 */
export async function serve(flaws) {
  const command = parseCommandLine(process.argv.slice(2))
  if (command.kind !== 'start') throw new Error(`a broken server has no command ${command.kind}`)
  const { settings } = settingsInForce(command.asked)
  const { inMemory, dataDirectory, engine: address, region, limits } = settings
  const { port, hosts, transactionConflicts } = settings
  const { files, points } = flaws
  const opened = await openEngine({
    inMemory,
    dataDirectory,
    ...(address !== undefined && { engine: address }),
    ...(files !== undefined && { wrapFiles: files }),
  })
  const engine = flaws.engine?.(opened) ?? opened
  /** @param {string} id @param {unknown} error */
  const onInternalError = (id, error) => console.error(id, error)
  const makeSet = address === undefined ? localSet : sharedSet
  const database = await composeDatabase(
    engine,
    { region, transactionConflicts, onInternalError },
    limits,
    {
      makeSet: async (...surroundings) => withFlaws(await makeSet(...surroundings), flaws),
      ...(points !== undefined && { points }),
    },
  )
  const listening = await database.listen({ port, host: hosts })
  process.once('SIGTERM', () => void database.close().then(() => process.exit(0)))
  process.stdout.write(readyText(readVersion(), settings, listening, undefined))
}

/**
 * @param {Awaited<ReturnType<typeof localSet>>} set
 * @param {Flaws} flaws
 */
function withFlaws(set, { claims = set.claims, committer: flawed }) {
  return { ...set, claims, committer: flawed?.(set.committer) ?? set.committer }
}
