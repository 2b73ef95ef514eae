import assert from 'node:assert/strict'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import {
  bigint,
  check,
  createClient,
  defineTable,
  deleteItem,
  get,
  insert,
  tableDefinition,
  update,
} from '@dynatom/client'
import { pythonCommand, runProgram } from './clientProgram.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const page = join(here, '../../docs/client.md')
const programs = join(here, '.cache', 'typedClient')
const TableName = 'SingleTable'

const sdkFor = (endpoint, settings = {}) =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'clients', secretAccessKey: 'clients' },
    ...settings,
  })

/** The blocks of docs/client.md in a language. */
async function documentedBlocks(language) {
  const text = await readFile(page, 'utf8')
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))
  return [...blocks].map(([, code]) => code)
}

/**
 * The documented program in both languages, each as the commands that run it: `seed` makes Alice the owner, `transfer`
 * is the program as it stands.
 */
async function documentedPrograms() {
  await rm(programs, { recursive: true, force: true })
  await mkdir(programs, { recursive: true })
  const python = await documentedBlocks('python')
  const typescript = await documentedBlocks('ts')
  assert.deepEqual([python.length, typescript.length], [4, 4])
  const texts = {
    'transfer.py': ['import dokklib_db as db\n', ...python],
    'seed.py': [
      'import dokklib_db as db\n',
      ...python.slice(0, 2),
      'table.insert(pk_group, sk_alice)\n',
    ],
    // What is documented in TypeScript is JavaScript as well.
    'transfer.mjs': typescript,
    'seed.mjs': [...typescript.slice(0, 2), 'await db.insert(GroupOwner, alice)\n'],
  }
  for (const [name, parts] of Object.entries(texts)) {
    await writeFile(join(programs, name), parts.join('\n'))
  }
  const [interpreter] = pythonCommand('')
  const command = (program, extension) => (name) => [
    program,
    [join(programs, `${name}${extension}`)],
  ]
  return { dokklib_db: command(interpreter, '.py'), client: command(process.execPath, '.mjs') }
}

const definition = {
  TableName,
  KeySchema: [
    { AttributeName: 'PK', KeyType: 'HASH' },
    { AttributeName: 'SK', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: ['PK', 'SK'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  BillingMode: 'PAY_PER_REQUEST',
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/

/** What is stored, with its times, which are of the same form, as one word. */
async function storedItems(sdk) {
  const { Items } = await sdk.send(new ScanCommand({ TableName, ConsistentRead: true }))
  return Items.map(({ CreatedAt, ...item }) => {
    assert.match(CreatedAt.S, timePattern)
    return { ...item, CreatedAt: 'then' }
  })
}

/** Plays the documented program on a fresh table; gives what each step printed and left in the table. */
async function playTransfers(endpoint, command) {
  const sdk = sdkFor(endpoint)
  await sdk.send(new CreateTableCommand(definition))
  const steps = []
  for (const name of ['transfer', 'seed', 'transfer', 'seed', 'transfer', 'transfer']) {
    const { exitCode, stdout, stderr } = await runProgram(endpoint, ...command(name))
    const [error = ''] = /\w+Exception|\w+Error(?=[:\] ])/.exec(stderr) ?? []
    steps.push({ name, exitCode, error, printed: stdout, stored: await storedItems(sdk) })
  }
  await sdk.send(new DeleteTableCommand({ TableName }))
  return steps
}

const alice = { PK: { S: 'GROUP#my-group' }, SK: { S: 'GROUPOWNER#alice' }, CreatedAt: 'then' }
const bob = { ...alice, SK: { S: 'GROUPOWNER#bob' } }
const notAlice = 'Alice is not the owner of the group\n'
const alreadyBob = 'Bob is already the owner of the group\n'

const expectedSteps = [
  { name: 'transfer', printed: notAlice, stored: [] },
  { name: 'seed', printed: '', stored: [alice] },
  { name: 'transfer', printed: '', stored: [bob] },
  { name: 'seed', printed: '', stored: [alice, bob] },
  { name: 'transfer', printed: alreadyBob, stored: [alice, bob] },
  { name: 'transfer', printed: alreadyBob, stored: [alice, bob] },
].map((step) => ({ ...step, exitCode: 0, error: '' }))

async function playDocumentedPrograms({ test, endpoint }) {
  const commands = await documentedPrograms()
  const played = {}
  for (const [name, command] of Object.entries(commands)) {
    await test(`the documented program with ${name} prints and stores what it says`, async () => {
      played[name] = await playTransfers(endpoint(), command)
      assert.deepEqual(played[name], expectedSteps)
    })
  }
  await test('both store the same', () => assert.deepEqual(played.client, played.dokklib_db))
}

const bank = defineTable({
  name: 'Bank',
  partitionKey: 'PK',
  sortKey: 'SK',
  entities: {
    Account: {
      keys: { PK: 'ACCOUNT#{account}', SK: 'ACCOUNT' },
      attributes: { balance: bigint() },
    },
    Receipt: { keys: { PK: 'ACCOUNT#{account}', SK: 'RECEIPT#{seq:6}' } },
    Ticket: { keys: { PK: 'TICKET#{ticket}', SK: 'TICKET' } },
  },
})
const { Account, Receipt, Ticket } = bank.entities
const buyers = 24
const mostRounds = 20

/** Buyers take from one account at once, each in a transaction; all but a few have the means. */
async function round(db, number) {
  const account = `account-${number}`
  await db.insert(Account, { account, balance: BigInt(buyers - 2) })
  const buy = (seq) =>
    db
      .transactWrite({
        charge: update(
          Account,
          { account },
          { add: { balance: -1n } },
          { if: { balance: { ge: 1n } } },
        ),
        open: check(Ticket, { ticket: `${account}-void` }, 'absent'),
        receipt: insert(Receipt, { account, seq }),
        basket: deleteItem(Ticket, { ticket: `${account}-${seq}` }),
      })
      .try()
  const outcomes = await Promise.all(Array.from({ length: buyers }, (_, seq) => buy(seq)))
  const { left } = await db.transactGet({ left: get(Account, { account }) })
  const receipts = await db.query(Receipt, { account }).all()
  return { outcomes, left, receipts }
}

async function playConflicts({ test, endpoint }) {
  let sent = 0
  const sdk = sdkFor(endpoint(), { maxAttempts: 1 })
  const tokensOfRequests = new Map()
  sdk.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'TransactWriteItemsCommand') {
          sent += 1
          const { ClientRequestToken: token, TransactItems } = args.input
          const receipt = TransactItems[2].Put.Item.PK.S + TransactItems[2].Put.Item.SK.S
          tokensOfRequests.set(receipt, (tokensOfRequests.get(receipt) ?? new Set()).add(token))
        }
        return next(args)
      },
    { step: 'initialize', name: 'countTransactions' },
  )
  await sdk.send(new CreateTableCommand(tableDefinition(bank)))
  const db = createClient(sdk, { retry: { attempts: 100, capMs: 200 } })
  const rounds = []
  await test('transactions that meet are tried again until each has its answer', async () => {
    // Until transactions have met: more were sent than there are.
    while (rounds.length < mostRounds && sent === rounds.length * buyers) {
      rounds.push(await round(db, rounds.length))
    }
    assert.ok(sent > rounds.length * buyers, `no transactions met in ${rounds.length} rounds`)
    for (const { outcomes, left, receipts } of rounds) {
      const failures = outcomes.filter(({ ok }) => !ok).map(({ error }) => error)
      assert.deepEqual(
        failures.map(({ failed, reasons }) => [
          failed,
          reasons.charge.code,
          reasons.charge.item.balance,
        ]),
        Array.from({ length: 2 }, () => [['charge'], 'ConditionalCheckFailed', 0n]),
      )
      assert.equal(left.balance, 0n)
      assert.equal(receipts.length, buyers - 2)
    }
  })
  await test('all attempts of a transaction have one token', () => {
    for (const tokens of tokensOfRequests.values()) assert.equal(tokens.size, 1)
  })
  sdk.destroy()
}

/** The client of `packages/client`: beside dokklib_db, and among transactions that meet. */
export async function typedClient(suite) {
  await playDocumentedPrograms(suite)
  await suite.holdUp()
  await playConflicts(suite)
}
