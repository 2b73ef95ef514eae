import { describe, expect, onTestFinished, test } from 'vitest'
import { HostileServer } from './hostileServer.ts'
import { deepItem, deepValue, nonObjects, unparsableBodies } from './jsonBodies.ts'
import { Pipeline, told, type Reply } from './pipeline.ts'

const serialization = '400 SerializationException'
const validation = '400 ValidationException'

interface Opened {
  readonly server: HostileServer
  readonly ask: (operation: string, body: string | Buffer) => Promise<Reply>
}

async function open(): Promise<Opened> {
  const server = await HostileServer.start()
  const connection = await Pipeline.connect(server.endpoint)
  onTestFinished(() => connection.close())
  return { server, ask: (operation, body) => connection.ask(operation, body) }
}

const put = (item: string): string => `{"TableName":"Items","Item":${item}}`
const getDeep = '{"TableName":"Items","Key":{"id":{"S":"deep"}}}'
const keyOfDeep = '"TableName":"Items","Key":{"id":{"S":"deep"}}'

describe('bodies', () => {
  test('that are no JSON, or nest too deep, are refused', async () => {
    const { server, ask } = await open()
    for (const [name, body] of Object.entries(unparsableBodies)) {
      for (const operation of ['ListTables', 'PutItem', 'TransactWriteItems']) {
        const reply = await ask(operation, body)
        expect([name, told(reply), reply.body.length]).toEqual([name, serialization, 60])
      }
    }
    await server.expectUnharmed()
  })

  test('that are no object are refused', async () => {
    const { server, ask } = await open()
    for (const body of nonObjects) expect(told(await ask('ListTables', body))).toBe(serialization)
    await server.expectUnharmed()
  })

  test('may be padded, and their members may be unknown', async () => {
    const { ask } = await open()
    const expected = { status: 200, body: '{"TableNames":["Items"]}' }
    const padding = ' \t\r\n'.repeat(100_000)
    const unknown =
      '{"Unknown":{"a":[1,{}]},"__proto__":{"Limit":"x"},"constructor":1,"toString":null,"":[]}'
    expect(await ask('ListTables', `${padding}${unknown}\n`)).toEqual(expected)
  })

  test('with a member twice have its last value', async () => {
    const { server, ask } = await open()
    const twice =
      '{"TableName":"Absent","TableName":"Items",' +
      '"Item":{"id":{"S":"deep","S":"x","S":"deep"},"a":{"S":"1"},"a":{"N":"2"}}}'
    expect(told(await ask('PutItem', twice))).toBe('200')
    expect((await ask('GetItem', getDeep)).body).toBe('{"Item":{"id":{"S":"deep"},"a":{"N":"2"}}}')
    await server.expectUnharmed()
  })

  test('with lone surrogates have U+FFFD in their places', async () => {
    const { server, ask } = await open()
    const surrogates =
      '{"id":{"S":"deep"},"\\ud800":{"S":"a\\udc00b"},"m":{"M":{"\\udfff":{"SS":["\\ud83d"]}}}}'
    expect(told(await ask('PutItem', put(surrogates)))).toBe('200')
    const { body } = await ask('GetItem', getDeep)
    expect(JSON.parse(body)).toEqual({
      Item: {
        id: { S: 'deep' },
        '\ufffd': { S: 'a\ufffdb' },
        m: { M: { '\ufffd': { SS: ['\ufffd'] } } },
      },
    })
    const twins = '{"id":{"S":"deep"},"a":{"SS":["\\ud800","\\ud801"]}}'
    expect(told(await ask('PutItem', put(twins)))).toBe(validation)
    await server.expectUnharmed()
  })
})

describe.each(['M', 'L'] as const)('levels of %s', (kind) => {
  test('32 are stored and read back', async () => {
    const { server, ask } = await open()
    expect(told(await ask('PutItem', put(deepItem(32, kind))))).toBe('200')
    expect((await ask('GetItem', getDeep)).body).toBe(`{"Item":${deepItem(32, kind)}}`)
    await server.expectUnharmed()
  })

  test('more are refused, and very many before they are looked at', async () => {
    const { server, ask } = await open()
    for (const levels of [33, 34, 100, 200, 251, 300, 600, 10_000, 300_000]) {
      const item = deepItem(levels, kind)
      const value = deepValue(levels, kind)
      const bodies = {
        PutItem: put(item),
        BatchWriteItem: `{"RequestItems":{"Items":[{"PutRequest":{"Item":${item}}}]}}`,
        TransactWriteItems: `{"TransactItems":[{"Put":${put(item)}}]}`,
        UpdateItem: `{${keyOfDeep},"AttributeUpdates":{"a":{"Value":${value}}}}`,
        GetItem: `{"TableName":"Items","Key":{"id":${value}}}`,
      }
      const expected = levels > 250 ? serialization : validation
      for (const [operation, body] of Object.entries(bodies)) {
        expect([operation, levels, told(await ask(operation, body))]).toEqual([
          operation,
          levels,
          expected,
        ])
      }
      const filter = '"FilterExpression":"a = :v OR contains(a, :v)"'
      const scan = `{"TableName":"Items",${filter},"ExpressionAttributeValues":{":v":${value}}}`
      // What is compared with is not stored, and may be no deeper than an item all the same.
      expect([levels, told(await ask('Scan', scan))]).toEqual([levels, expected])
    }
    await server.expectUnharmed()
  })
})

test('no update reaches a level that a put cannot', async () => {
  const { server, ask } = await open()
  const update = async (path: string, value: string): Promise<string> => {
    const values = `"ExpressionAttributeValues":{":v":${value}}`
    return told(
      await ask('UpdateItem', `{${keyOfDeep},"UpdateExpression":"SET ${path} = :v",${values}}`),
    )
  }
  expect(told(await ask('PutItem', put(deepItem(31))))).toBe('200')
  const deepest = `deep${'.a'.repeat(30)}`
  expect(await update(deepest, '{"M":{}}')).toBe('200')
  expect(await update(`${deepest}.b`, '{"S":"x"}')).toBe('200')
  expect(await update(`${deepest}.b`, '{"M":{"c":{"S":"x"}}}')).toBe(validation)
  expect(await update(`${deepest}.b`, '{"L":[{"S":"x"}]}')).toBe(validation)
  const doubled = `{${keyOfDeep},"UpdateExpression":"SET deep.b = deep"}`
  expect(told(await ask('UpdateItem', doubled))).toBe(validation)
  await server.expectUnharmed()
})
