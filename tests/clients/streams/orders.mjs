import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'

export const tableName = 'Orders'

/** Who removes what has expired, as a record says it. */
export const expiryService = 'Service dynamodb.amazonaws.com'

export const clientSettings = (endpoint) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'clients', secretAccessKey: 'clients' },
})

/** A change as a consumer tells it: the name of the event, plain images, by whom. */
const recordOf = (name, before, after, by = null) => ({ name, old: before, new: after, by })

const keyOf = (id) => ({ id: { S: id } })

const itemOf = ({ id, version, expiresAt }) => ({
  ...keyOf(id),
  ...(version !== undefined && { version: { N: version } }),
  ...(expiresAt !== undefined && { expiresAt: { N: expiresAt } }),
})

/**
 * A table with a stream and time to live, whose items are changed one after another, and the
 * records that each of its items must have: `expected`, by item, in their order.
 */
export class Orders {
  expected = new Map()
  #client
  #items = new Map()

  constructor(endpoint) {
    this.#client = new DynamoDBClient(clientSettings(endpoint))
  }

  close() {
    this.#client.destroy()
  }

  /** How many records there must be. */
  get count() {
    return [...this.expected.values()].reduce((sum, records) => sum + records.length, 0)
  }

  /** Creates the table; gives the ARN of its stream. */
  async create() {
    const { TableDescription: table } = await this.#client.send(
      new CreateTableCommand({
        TableName: tableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    )
    await this.#client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
      }),
    )
    return table.LatestStreamArn
  }

  /** The next change of an item: it is put, updated twice, deleted, and put again. */
  async change(id) {
    const { action, record } = this.#next(id)
    const [kind] = Object.keys(action)
    const Command = { Put: PutItemCommand, Update: UpdateItemCommand, Delete: DeleteItemCommand }
    await this.#client.send(new Command[kind](action[kind]))
    this.#expect(id, record)
  }

  /** The next change of each item, in one transaction. */
  async changeTogether(ids) {
    const changes = ids.map((id) => this.#next(id))
    const TransactItems = changes.map(({ action }) => action)
    await this.#client.send(new TransactWriteItemsCommand({ TransactItems }))
    for (const [index, id] of ids.entries()) this.#expect(id, changes[index].record)
  }

  /** Puts an item that has expired already. */
  async putExpired(id) {
    const item = { expiresAt: String(Math.floor(Date.now() / 1000) - 60), id }
    await this.#client.send(new PutItemCommand({ TableName: tableName, Item: itemOf(item) }))
    this.#expect(id, recordOf('INSERT', null, item))
    this.#expect(id, recordOf('REMOVE', item, null, expiryService))
  }

  #next(id) {
    const { version = 0, before = null } = this.#items.get(id) ?? {}
    const after = { id, version: String(version + 1) }
    const place = { TableName: tableName, Key: keyOf(id) }
    if (before === null) {
      const action = { Put: { TableName: tableName, Item: itemOf(after) } }
      return { action, record: recordOf('INSERT', null, after) }
    }
    if (version % 4 === 3)
      return { action: { Delete: place }, record: recordOf('REMOVE', before, null) }
    const update = {
      ...place,
      UpdateExpression: 'SET version = :version',
      ExpressionAttributeValues: { ':version': { N: after.version } },
    }
    return { action: { Update: update }, record: recordOf('MODIFY', before, after) }
  }

  #expect(id, record) {
    const { version = 0 } = this.#items.get(id) ?? {}
    this.#items.set(id, { version: version + 1, before: record.new })
    this.expected.set(id, [...(this.expected.get(id) ?? []), record])
  }
}
