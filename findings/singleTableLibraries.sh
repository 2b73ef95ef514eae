#!/bin/sh
# Subject:   what libraries for single tables make of keys that stay unprocessed, and of a cancelled transaction.
# Versions:  dynamodb-onetable 2.7.7, electrodb 3.9.3, @aws-sdk/client-dynamodb 3.1169.0.
# Behaviour: OneTable gives the items that were processed as if they were all, without another attempt or
#            any sign of the rest; ElectroDB names the rest beside the items. ElectroDB resolves when a transaction
#            was cancelled, with a value that says so; OneTable throws an error of its own, whose context
#            has the error of the SDK with the reasons.
# Seen:      dynamodb-onetable, two keys left unprocessed: gives an array of 0, 1 request
#            dynamodb-onetable, a cancelled transaction: throws, with CancellationReasons in context.err
#            electrodb, two keys left unprocessed: gives data and unprocessed, 1 request
#            electrodb, a cancelled transaction: gives data and canceled

. "$(dirname "$0")/means/begin.sh"
install_npm dynamodb-onetable@2.7.7 electrodb@3.9.3 \
  @aws-sdk/client-dynamodb@3.1169.0 @aws-sdk/lib-dynamodb@3.1169.0

cat > subject.mjs <<'END'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Dynamo } from 'dynamodb-onetable/Dynamo'
import { Table } from 'dynamodb-onetable'
import { Entity, Service } from 'electrodb'
import { failure, openStub } from './stub.mjs'

const oneTable = (client) => {
  const models = {
    User: {
      pk: { type: String, value: 'user#${id}' },
      sk: { type: String, value: 'user' },
      id: { type: String, required: true },
    },
  }
  const indexes = { primary: { hash: 'pk', sort: 'sk' } }
  const schema = { version: '1.0.0', format: 'onetable:1.1.0', indexes, models }
  const table = new Table({ name: 'Users', client: new Dynamo({ client }), schema, partial: false })
  const User = table.getModel('User')
  return {
    async read() {
      const batch = {}
      for (const id of ['1', '2']) await User.get({ id }, { batch })
      return table.batchGet(batch, { parse: true })
    },
    async write() {
      const transaction = {}
      for (const id of ['1', '2']) await User.create({ id }, { transaction })
      return table.transact('write', transaction)
    },
  }
}

const electroDb = (client) => {
  const model = { entity: 'user', version: '1', service: 'users' }
  const indexes = {
    primary: { pk: { field: 'pk', composite: ['id'] }, sk: { field: 'sk', composite: [] } },
  }
  const settings = { client: DynamoDBDocumentClient.from(client), table: 'Users' }
  const User = new Entity({ model, attributes: { id: { type: 'string' } }, indexes }, settings)
  const service = new Service({ User })
  return {
    read: () => User.get([{ id: '1' }, { id: '2' }]).go(),
    write: () =>
      service.transaction
        .write(({ User: user }) => ['1', '2'].map((id) => user.create({ id }).commit()))
        .go(),
  }
}

const canceled = failure(400, 'TransactionCanceledException')
canceled.body.CancellationReasons = [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }]

const unprocessed = (number, { RequestItems }) =>
  RequestItems === undefined
    ? canceled
    : { body: { Responses: { Users: [] }, UnprocessedKeys: RequestItems } }

const keysOf = (value) => (Array.isArray(value) ? `an array of ${value.length}` : Object.keys(value).join(' and '))

const libraries = { 'dynamodb-onetable': oneTable, electrodb: electroDb }
for (const [name, library] of Object.entries(libraries)) {
  const stub = await openStub(unprocessed)
  const { read, write } = library(new DynamoDBClient({ endpoint: stub.endpoint }))
  console.log(`${name}, two keys left unprocessed: gives ${keysOf(await read())}, ${stub.seen.length} request`)
  const outcome = await write().then(
    (value) => `gives ${keysOf(value)}`,
    (error) => `throws, with CancellationReasons in ${error.CancellationReasons ? 'it' : error.context?.err?.CancellationReasons ? 'context.err' : 'nothing'}`,
  )
  console.log(`${name}, a cancelled transaction: ${outcome}`)
  stub.close()
}
END

expect node subject.mjs <<'END'
dynamodb-onetable, two keys left unprocessed: gives an array of 0, 1 request
dynamodb-onetable, a cancelled transaction: throws, with CancellationReasons in context.err
electrodb, two keys left unprocessed: gives data and unprocessed, 1 request
electrodb, a cancelled transaction: gives data and canceled
END
