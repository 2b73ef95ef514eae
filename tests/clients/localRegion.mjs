import assert from 'node:assert/strict'
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { noEndpoint, runPython, runShell } from './clientProgram.mjs'

/** Without any endpoint setting, a client whose Region is `local` finds a server on its usual port. */
export async function localRegion({ test, crash }) {
  await crash(['--port', '8000'])
  const credentials = { accessKeyId: 'clients', secretAccessKey: 'clients' }
  const client = new DynamoDBClient({ region: 'local', credentials })
  await test('the SDK for JavaScript v3 needs nothing else', async () => {
    await client.send(
      new CreateTableCommand({
        TableName: 'Places',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    const item = { id: { S: 'js' } }
    await client.send(new PutItemCommand({ TableName: 'Places', Item: item }))
    const { Item } = await client.send(new GetItemCommand({ TableName: 'Places', Key: item }))
    assert.deepEqual(Item, item)
  })
  await test('boto3 needs nothing else', async () => {
    const { result } = await runPython(noEndpoint, 'localRegion.py', 'play')
    assert.deepEqual(result, { endpoint: 'http://localhost:8000', item: { id: { S: 'boto3' } } })
  })
  await test('the AWS CLI needs nothing else', async () => {
    const command =
      'aws dynamodb scan --table-name Places --query "sort(Items[].id.S)" --output json'
    const { exitCode, stdout } = await runShell(noEndpoint, command)
    assert.equal(exitCode, 0)
    assert.deepEqual(JSON.parse(stdout), ['boto3', 'js'])
  })
  client.destroy()
}
