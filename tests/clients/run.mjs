import { bookstore } from './bookstore.mjs'
import { coursesInTerminals } from './courses.mjs'
import { documentClientV2 } from './gamePurchase/documentClientV2.mjs'
import { dynamoDbMapper } from './gamePurchase/dynamoDbMapper.mjs'
import { gamePurchase } from './gamePurchase/gamePurchase.mjs'
import { libDynamodbV3 } from './gamePurchase/libDynamodbV3.mjs'
import { sdkV2 } from './gamePurchase/sdkV2.mjs'
import { sdkV3 } from './gamePurchase/sdkV3.mjs'
import { groupOwnership } from './groupOwnership.mjs'
import { identities } from './identities/identities.mjs'
import { resourcePolicies } from './identities/resourcePolicies.mjs'
import { lab } from './lab.mjs'
import { localRegion } from './localRegion.mjs'
import { ordersAndPayments } from './ordersAndPayments.mjs'
import { createReport } from './report.mjs'
import { awsCli as statementsOfCli } from './statements/awsCli.mjs'
import { boto3Clients } from './statements/boto3.mjs'
import { documentClient } from './statements/documentClient.mjs'
import { javaSdkV2 } from './statements/javaSdkV2.mjs'
import { statements } from './statements/statements.mjs'
import { signatures } from './signatures/signatures.mjs'
import { awsCli } from './streams/awsCli.mjs'
import { kinesisClientLibrary } from './streams/kinesisClientLibrary.mjs'
import { readable, readableClients } from './streams/readable.mjs'
import { readerBoto3 } from './streams/readerBoto3.mjs'
import { readerV3 } from './streams/readerV3.mjs'
import { streamReader } from './streams/streamReader.mjs'
import { runSuite } from './suite.mjs'
import { tls } from './tls.mjs'
import { typedClient } from './typedClient.mjs'

/** Its clients are there only once run.sh has installed them. */
async function metrics(suite) {
  const { metrics: play } = await import('./metrics/metrics.mjs')
  return play(suite)
}

/** Its clients read what run.sh has installed. */
async function vectors(suite) {
  const { vectors: play } = await import('./vectors/vectors.mjs')
  return play(suite)
}

const suites = [
  ...[sdkV2, documentClientV2, sdkV3, libDynamodbV3].map((client) => ({
    name: `gamePurchase/${client.name}`,
    play: (suite) => gamePurchase(suite, client),
  })),
  { name: 'gamePurchase/dynamoDbMapper', play: dynamoDbMapper },
  { name: 'ordersAndPayments', play: ordersAndPayments },
  { name: 'bookstore', play: bookstore },
  { name: 'groupOwnership', play: groupOwnership },
  { name: 'typedClient', play: typedClient },
  { name: 'localRegion', play: localRegion },
  { name: 'lab', play: lab },
  { name: 'courses', play: coursesInTerminals },
  ...[documentClient, ...boto3Clients, javaSdkV2, statementsOfCli].map((client) => ({
    name: `statements/${client.name}`,
    play: (suite) => statements(suite, client),
  })),
  { name: 'signatures', play: signatures },
  { name: 'tls', play: tls },
  { name: 'identities', play: identities },
  { name: 'identities/resourcePolicies', play: resourcePolicies },
  { name: 'vectors', play: vectors },
  { name: 'metrics', play: metrics },
  { name: 'streams/awsCli', play: awsCli },
  ...[readerV3, readerBoto3].map((reader) => ({
    name: `streams/${reader.name}`,
    play: (suite) => streamReader(suite, reader),
  })),
  ...readableClients.map((client) => ({
    name: `streams/readable/${client.name}`,
    play: (suite) => readable(suite, client),
  })),
  { name: 'streams/kinesisClientLibrary', play: kinesisClientLibrary },
]

const wanted = process.argv.slice(2)
const chosen = suites.filter(
  ({ name }) => wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix)),
)

const report = createReport()
for (const { name, play } of chosen) {
  await runSuite(report, name, play)
}
process.exitCode = report.finish() ? 0 : 1
