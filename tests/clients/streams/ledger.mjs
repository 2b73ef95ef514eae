import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'

export const tableName = 'Ledger'

const keyOf = (customer, number) => ({ customer: { S: customer }, number: { N: number } })

const coffee = { ...keyOf('alice', '1'), price: { N: '20.5' }, tags: { SS: ['black', 'hot'] } }
const dearCoffee = { ...keyOf('alice', '1'), price: { N: '25' } }
const paidCoffee = { ...dearCoffee, paid: { BOOL: true } }
const sharedCoffee = { ...paidCoffee, price: { N: '12.5' } }
const tea = { ...keyOf('bob', '1'), price: { N: '3' } }
const letter = {
  ...keyOf('alice', '2'),
  seal: { B: new Uint8Array([0, 255, 128]) },
  lines: { L: [{ S: 'one' }, { NULL: true }, { M: { deep: { N: '-1e-7' } } }] },
}
/** As a reader tells of it: a number in its plain form, bytes in base64. */
const storedLetter = {
  ...letter,
  seal: { B: 'AP+A' },
  lines: { L: [{ S: 'one' }, { NULL: true }, { M: { deep: { N: '-0.0000001' } } }] },
}
/** Minutes ago, and always a number of ten digits, whose size does not vary. */
const expiresAt = { N: String(Math.floor(Date.now() / 100_000) * 100 - 99) }
const session = { ...keyOf('carol', '1'), expiresAt }

/** Creates the table of the ledger; gives its description. */
export async function createLedger(client) {
  const { TableDescription: table } = await client.send(
    new CreateTableCommand({
      TableName: tableName,
      AttributeDefinitions: [
        { AttributeName: 'customer', AttributeType: 'S' },
        { AttributeName: 'number', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'customer', KeyType: 'HASH' },
        { AttributeName: 'number', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
    }),
  )
  return table
}

const put = (Item) => ({ TableName: tableName, Item })
const update = (customer, number, UpdateExpression, ExpressionAttributeValues) => ({
  TableName: tableName,
  Key: keyOf(customer, number),
  UpdateExpression,
  ExpressionAttributeValues,
})

/** Single writes, one of which changes nothing, a transaction and a batch. */
export async function writeFirstPage(client) {
  await client.send(new PutItemCommand(put(coffee)))
  await client.send(new PutItemCommand(put(coffee)))
  const dearer = update('alice', '1', 'SET price = :price REMOVE tags', { ':price': { N: '25' } })
  await client.send(new UpdateItemCommand(dearer))
  const check = {
    TableName: tableName,
    Key: keyOf('alice', '2'),
    ConditionExpression: 'attribute_not_exists(customer)',
  }
  const pay = update('alice', '1', 'SET paid = :paid', { ':paid': { BOOL: true } })
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: [{ Put: put(tea) }, { Update: pay }, { ConditionCheck: check }],
    }),
  )
  const batch = [{ PutRequest: { Item: letter } }, { DeleteRequest: { Key: keyOf('alice', '3') } }]
  await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: batch } }))
  const gone = { TableName: tableName, Key: keyOf('alice', '2') }
  await client.send(new DeleteItemCommand(gone))
}

/** A change of an item of the first page, and an item that has expired already. */
export async function writeSecondPage(client) {
  const cheaper = update('alice', '1', 'SET price = :price', { ':price': { N: '12.5' } })
  await client.send(new UpdateItemCommand(cheaper))
  await client.send(new PutItemCommand(put(session)))
}

/** A last change of the same item, which makes it as it was before the second page. */
export async function writeThirdPage(client) {
  const dearer = update('alice', '1', 'SET price = :price', { ':price': { N: '25' } })
  await client.send(new UpdateItemCommand(dearer))
}

/** What DescribeStream tells of the stream of `table` on a page that ends with `shard`. */
export const expectedStream = (table, shard) => ({
  StreamArn: table.LatestStreamArn,
  StreamLabel: table.LatestStreamLabel,
  StreamStatus: 'ENABLED',
  StreamViewType: 'NEW_AND_OLD_IMAGES',
  TableName: tableName,
  KeySchema: table.KeySchema,
  Shards: [shard],
  LastEvaluatedShardId: shard.ShardId,
})

/** The record of a change, of `bytes` of key and images. */
const record = (bytes, before, after, userIdentity) => {
  const { customer, number } = before ?? after
  const changed = after === null ? 'REMOVE' : 'MODIFY'
  return {
    eventName: before === null ? 'INSERT' : changed,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      Keys: { customer, number },
      ...(after && { NewImage: after }),
      ...(before && { OldImage: before }),
      SizeBytes: bytes,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    ...(userIdentity && { userIdentity }),
  }
}

const expiryService = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }

/** What each page leaves in the stream, by customer, in order, without what no two runs share. */
export const firstPage = {
  alice: [
    record(62, null, coffee),
    record(90, coffee, dearCoffee),
    record(82, dearCoffee, paidCoffee),
    record(75, null, storedLetter),
    record(75, storedLetter, null),
  ],
  bob: [record(45, null, tea)],
}
export const secondPage = {
  alice: [record(88, paidCoffee, sharedCoffee)],
  carol: [record(57, null, session), record(57, session, null, expiryService)],
}
export const thirdPage = { alice: [record(88, sharedCoffee, paidCoffee)] }

/** The pages one after another. */
export function pages(...all) {
  const together = {}
  for (const page of all) {
    for (const [customer, records] of Object.entries(page)) {
      together[customer] = [...(together[customer] ?? []), ...records]
    }
  }
  return together
}
