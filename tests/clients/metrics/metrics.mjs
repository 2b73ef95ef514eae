import assert from 'node:assert/strict'
import { AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  InvalidParameterValueException,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch'
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { runPython, runShell } from '../clientProgram.mjs'

const TableName = 'Orders'
const hourMs = 60 * 60 * 1000
const Dimensions = [{ Name: 'TableName', Value: TableName }]
const settings = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'clients', secretAccessKey: 'clients' },
}

/** Two items of a kilobyte in one transaction, a read, and a condition that fails. */
async function writeOrders(endpoint) {
  const client = new DynamoDBClient({ ...settings, endpoint })
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  )
  const put = (id) => ({
    Put: { TableName, Item: { id: { S: id }, text: { S: 'x'.repeat(1000) } } },
  })
  await client.send(new TransactWriteItemsCommand({ TransactItems: [put('1'), put('2')] }))
  const Key = { id: { S: '1' } }
  await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
  const ConditionExpression = 'attribute_not_exists(id)'
  await assert.rejects(
    client.send(new PutItemCommand({ TableName, Item: Key, ConditionExpression })),
    { name: 'ConditionalCheckFailedException' },
  )
  client.destroy()
}

const range = () => ({
  StartTime: new Date(Date.now() - hourMs),
  EndTime: new Date(Date.now() + hourMs),
})

async function readByJavaScript(endpoint, protocol) {
  const client = new CloudWatchClient({ ...settings, endpoint, ...protocol })
  const names = new Set()
  for await (const { Metrics } of paginateListMetrics({ client }, { Dimensions })) {
    for (const { MetricName } of Metrics) names.add(MetricName)
  }
  assert.deepEqual(
    [...names],
    [
      'ConditionalCheckFailedRequests',
      'ConsumedReadCapacityUnits',
      'ConsumedWriteCapacityUnits',
      'SuccessfulRequestLatency',
    ],
  )
  const query = (Id, MetricName) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/DynamoDB', MetricName, Dimensions },
      Period: 7200,
      Stat: 'Sum',
    },
  })
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      ...range(),
      MetricDataQueries: [
        query('writes', 'ConsumedWriteCapacityUnits'),
        query('reads', 'ConsumedReadCapacityUnits'),
        query('conditions', 'ConditionalCheckFailedRequests'),
        { Id: 'all', Expression: 'writes + reads' },
      ],
    }),
  )
  const told = MetricDataResults.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode])
  assert.deepEqual(told, [
    ['writes', [4], 'Complete'],
    ['reads', [1], 'Complete'],
    ['conditions', [1], 'Complete'],
    ['all', [5], 'Complete'],
  ])
  assert.ok(MetricDataResults[0].Timestamps[0] instanceof Date)
  const latency = {
    ...range(),
    Namespace: 'AWS/DynamoDB',
    MetricName: 'SuccessfulRequestLatency',
    Dimensions: [...Dimensions, { Name: 'Operation', Value: 'TransactWriteItems' }],
    Period: 7200,
    Statistics: ['SampleCount', 'Maximum'],
    ExtendedStatistics: ['p99'],
  }
  const { Datapoints } = await client.send(new GetMetricStatisticsCommand(latency))
  assert.equal(Datapoints.length, 1)
  const [{ Timestamp, SampleCount, Maximum, ExtendedStatistics, Unit }] = Datapoints
  assert.ok(Timestamp instanceof Date)
  assert.deepEqual([SampleCount, Unit], [1, 'Milliseconds'])
  assert.ok(Maximum > 0 && Maximum < 60_000)
  assert.equal(ExtendedStatistics.p99, Maximum)
  await assert.rejects(
    client.send(new GetMetricStatisticsCommand({ ...latency, Period: 7 })),
    (error) => {
      assert.ok(error instanceof InvalidParameterValueException)
      assert.equal(
        error.message,
        'The parameter Period must be a value in the set [1, 5, 10, 20, 30] or a multiple of 60.',
      )
      return true
    },
  )
  client.destroy()
}

const command = `
aws cloudwatch get-metric-data \\
  --start-time $(date -u -d '-1 hour' +%FT%TZ) --end-time $(date -u -d '+1 hour' +%FT%TZ) \\
  --metric-data-queries '[{"Id": "writes", "MetricStat": {"Period": 7200, "Stat": "Sum", "Metric":
    {"Namespace": "AWS/DynamoDB", "MetricName": "ConsumedWriteCapacityUnits",
     "Dimensions": [{"Name": "TableName", "Value": "Orders"}]}}}]'`

/** The metrics of a database by the clients of CloudWatch, in each of its protocols. */
export async function metrics({ test, endpoint }) {
  await writeOrders(endpoint())
  await test('the AWS CLI reads the doubled units of a transaction', async () => {
    const { exitCode, stdout, stderr } = await runShell(endpoint(), command)
    assert.equal(exitCode, 0, stderr)
    const [result] = JSON.parse(stdout).MetricDataResults
    assert.deepEqual([result.Id, result.Values, result.StatusCode], ['writes', [4], 'Complete'])
  })
  await test('the AWS CLI lists metrics', async () => {
    const { exitCode, stdout, stderr } = await runShell(
      endpoint(),
      `aws cloudwatch list-metrics --namespace AWS/DynamoDB --dimensions Name=Operation \\
         --query 'Metrics[].Dimensions[1].Value' --output text`,
    )
    assert.equal(exitCode, 0, stderr)
    assert.deepEqual(stdout.trim().split(/\s+/).sort(), ['GetItem', 'TransactWriteItems'])
  })
  await test('the SDK for JavaScript v3 reads them in JSON', () => readByJavaScript(endpoint(), {}))
  await test('the SDK for JavaScript v3 reads them in CBOR', () =>
    readByJavaScript(endpoint(), { protocol: AwsSmithyRpcV2CborProtocol }))
  for (const protocol of ['json', 'smithy-rpc-v2-cbor', 'query']) {
    await test(`boto3 reads them by ${protocol}`, async () => {
      const { result } = await runPython(endpoint(), 'metrics/metrics.py', protocol)
      assert.deepEqual(result, {
        values: [4, 1, 1],
        kinds: ['float', 'datetime', 'float'],
        samples: [1],
        unit: 'Milliseconds',
        pages: 3,
        error: [
          'InvalidParameterValueException',
          'InvalidParameterValue',
          'The parameter StartTime must be less than the parameter EndTime.',
        ],
      })
    })
  }
  await test('Prometheus reads them as text', async () => {
    const answer = await fetch(`${endpoint()}/metrics`)
    assert.equal(answer.status, 200)
    const text = await answer.text()
    assert.match(text, /^dynatom_consumed_write_capacity_units_total\{table="Orders"\} 4$/m)
    assert.match(text, /^process_resident_memory_bytes \d+$/m)
  })
}
