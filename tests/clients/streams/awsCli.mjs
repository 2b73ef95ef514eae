import assert from 'node:assert/strict'
import { runShell } from '../clientProgram.mjs'

const view = 'StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES'

const createTable = `
aws dynamodb create-table --table-name Orders --billing-mode PAY_PER_REQUEST \\
  --attribute-definitions AttributeName=id,AttributeType=S \\
  --key-schema AttributeName=id,KeyType=HASH --query TableDescription.TableStatus &&
aws dynamodb wait table-exists --table-name Orders`

const enableStream = `
aws dynamodb update-table --table-name Orders --stream-specification ${view} \\
  --query TableDescription.StreamSpecification`

const writeItem = `
aws dynamodb put-item --table-name Orders --item '{"id": {"S": "1"}, "price": {"N": "5"}}' &&
aws dynamodb delete-item --table-name Orders --key '{"id": {"S": "1"}}'`

/** Reads the only shard of the table's stream as one would in a shell. */
const readStream = `
arn=$(aws dynamodbstreams list-streams --table-name Orders \\
  --query 'Streams[0].StreamArn' --output text)
shard=$(aws dynamodbstreams describe-stream --stream-arn "$arn" \\
  --query 'StreamDescription.Shards[0].ShardId' --output text)
iterator=$(aws dynamodbstreams get-shard-iterator --stream-arn "$arn" --shard-id "$shard" \\
  --shard-iterator-type TRIM_HORIZON --query ShardIterator --output text)
aws dynamodbstreams get-records --shard-iterator "$iterator" \\
  --query 'Records[].[eventName, dynamodb.Keys, dynamodb.OldImage, dynamodb.NewImage]'`

const keys = { id: { S: '1' } }
const item = { ...keys, price: { N: '5' } }

/** A stream with the AWS CLI: enabled on a table that is there, and read. */
export async function awsCli({ test, endpoint }) {
  const output = async (command) => {
    const { exitCode, stdout, stderr } = await runShell(endpoint(), command)
    assert.equal(exitCode, 0, stderr)
    return stdout.trim() === '' ? null : JSON.parse(stdout)
  }
  await test('update-table enables a stream', async () => {
    assert.equal(await output(createTable), 'CREATING')
    assert.deepEqual(await output(enableStream), {
      StreamEnabled: true,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    })
  })
  await test('get-records prints what was written, and what was deleted', async () => {
    assert.equal(await output(writeItem), null)
    assert.deepEqual(await output(readStream), [
      ['INSERT', keys, null, item],
      ['REMOVE', keys, item, null],
    ])
  })
}
