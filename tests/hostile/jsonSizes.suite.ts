import { expect, onTestFinished, test } from 'vitest'
import { HostileServer } from './hostileServer.ts'
import { Pipeline, told } from './pipeline.ts'

/** How a request ends that is sound but for one value, by what is large about it. */
type Sizes = Readonly<Record<string, readonly [operation: string, body: string, outcome: string]>>

const accepted = '200'
const serialization = '400 SerializationException'
const validation = '400 ValidationException'

const tenMegabytes = 'x'.repeat(10 * 1024 ** 2)
const digits = '1'.repeat(1_000_000)
const many = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join()

/** PutItem of an item with these attributes beside its key, and members beside those. */
function put(
  attributes: string,
  members = '"ReturnValues":"NONE"',
  outcome = validation,
): Sizes[string] {
  return [
    'PutItem',
    `{"TableName":"Items","Item":{"id":{"S":"x"},${attributes}},${members}}`,
    outcome,
  ]
}

const texts: Sizes = {
  'a string of 10 MB': put(`"a":{"S":"${tenMegabytes}"}`),
  'a blob of 10 MB': put(`"a":{"B":"${'A'.repeat(10 * 1024 ** 2)}"}`),
  'a name of 10 MB': put(`"${tenMegabytes}":{"S":"a"}`),
  'a name of 10 MB inside': put(`"a":{"M":{"${tenMegabytes}":{"S":"a"}}}`),
  'a type of 10 MB': put(`"a":{"${tenMegabytes}":"x"}`),
  'a key of 10 MB': put(`"id":{"S":"${tenMegabytes}"}`),
  'a table of 10 MB': put('"a":{"S":""}', `"TableName":"${tenMegabytes}"`),
  'a member of 10 MB': put('"a":{"S":""}', `"${tenMegabytes}":1`, accepted),
  'an expression of 10 MB': put('"a":{"S":""}', `"ConditionExpression":"${tenMegabytes}"`),
  'a placeholder of 10 MB': put(
    '"a":{"S":""}',
    `"ConditionExpression":"a = b","ExpressionAttributeNames":{"#${tenMegabytes}":"x"}`,
  ),
  '2 million escapes': put(`"a":{"S":"${'\\ud83d\\ude00'.repeat(1_000_000)}"}`),
  'a million lone surrogates': put(`"a":{"S":"${'\\ud83d'.repeat(1_000_000)}"}`),
}

const numbers: Sizes = {
  'a million digits': put(`"a":{"N":"${digits}"}`),
  'a fraction of a million digits': put(`"a":{"N":"0.${digits}"}`),
  'a million zeros before a number': put(
    `"a":{"N":"${'0'.repeat(1_000_000)}1"}`,
    undefined,
    accepted,
  ),
  'a million zeros behind the point': put(
    `"a":{"N":"1.${'0'.repeat(1_000_000)}"}`,
    undefined,
    accepted,
  ),
  'a million zeros behind a number': put(`"a":{"N":"1${'0'.repeat(1_000_000)}"}`),
  'an exponent of a million digits': put(`"a":{"N":"1e${digits}"}`),
  'a JSON number of a million digits': put(`"a":{"N":${digits}}`, undefined, serialization),
  'a limit of a million digits': ['Scan', `{"TableName":"Items","Limit":${digits}}`, serialization],
}

const collections: Sizes = {
  'a list of a million': put(`"a":{"L":[${many(1_000_000, () => '{}')}]}`),
  'a list of 150,000 numbers': put(`"a":{"L":[${many(150_000, (i) => `{"N":"${i}"}`)}]}`),
  'a map of 150,000': put(`"a":{"M":{${many(150_000, (i) => `"k${i}":{"N":"1"}`)}}}`),
  'a map of 150,000 numbered names': put(
    `"a":{"M":{${many(150_000, (i) => `"${i * 7919}":{"N":"1"}`)}}}`,
  ),
  '150,000 attributes': put(many(150_000, (i) => `"k${i}":{"N":"1"}`)),
  'a set of a million strings': put(`"a":{"SS":[${many(1_000_000, (i) => `"${i}"`)}]}`),
  'a set of 150,000 equal numbers': put(
    `"a":{"NS":[${many(150_000, (i) => `"1.${'0'.repeat(i % 30)}"`)}]}`,
  ),
  'a set of 150,000 numbers': put(`"a":{"NS":[${many(150_000, (i) => `"${i}e${i % 90}"`)}]}`),
  '150,000 placeholders': put(
    '"a":{"S":""}',
    `"ConditionExpression":"a = b","ExpressionAttributeNames":{${many(150_000, (i) => `"#n${i}":"x"`)}}`,
  ),
  '100,000 actions': [
    'TransactWriteItems',
    `{"TransactItems":[${many(100_000, (i) => {
      return `{"Delete":{"TableName":"Items","Key":{"id":{"S":"${i}"}}}}`
    })}]}`,
    validation,
  ],
  '100,000 keys': [
    'BatchGetItem',
    `{"RequestItems":{"Items":{"Keys":[${many(100_000, (i) => `{"id":{"S":"${i}"}}`)}]}}}`,
    validation,
  ],
  '100,000 tables': [
    'BatchGetItem',
    `{"RequestItems":{${many(100_000, (i) => `"Table${i}":{"Keys":[]}`)}}}`,
    validation,
  ],
}

/** Faults whose place is told by long names: each is reported, and the names need not be whole. */
const places: Sizes = {
  'ten faults in a table of 1 MB': [
    'BatchGetItem',
    `{"RequestItems":{"${'t'.repeat(1_000_000)}":{"Keys":[${many(10, (i) => {
      return `{"${'n'.repeat(70_000)}${i}":{}}`
    })}]}}}`,
    validation,
  ],
  'long names inside each other': put(
    Array.from({ length: 30 }, (_, i) => `"${'n'.repeat(70_000)}${i}":{"M":{`).join('') +
      '}}'.repeat(30),
  ),
}

test.each([
  ['texts', texts],
  ['numbers', numbers],
  ['collections', collections],
  ['names of places', places],
])('enormous %s', async (_, sizes) => {
  const server = await HostileServer.start()
  const connection = await Pipeline.connect(server.endpoint)
  onTestFinished(() => connection.close())
  for (const [name, [operation, body, outcome]] of Object.entries(sizes)) {
    const startMs = performance.now()
    const reply = await connection.ask(operation, body)
    expect([name, told(reply)]).toEqual([name, outcome])
    // An error may repeat what it refuses, but not again and again.
    expect([name, reply.body.length < body.length + 100_000]).toEqual([name, true])
    // Nothing here takes a second; the bound is for machines that do much else.
    expect([name, performance.now() - startMs < 15_000]).toEqual([name, true])
  }
  await server.expectUnharmed()
})
