import { describe, expect, test } from 'vitest'
import { parseIdentities } from '../../packages/server/src/access/identities/parseIdentities.ts'
import { ApiError } from '../../packages/server/src/errors/apiError.ts'
import {
  account,
  openGated,
  root,
  userWith,
} from '../../packages/server/src/testing/gatedDatabase.ts'
import { performOperation } from '../../packages/server/src/testing/performOperation.ts'
import { CountedSteps, expectLinear } from './countedSteps.ts'
import { identityForms } from './identityForms.ts'
import { policyForms } from './policyForms.ts'

/*
 * What policies cost, to be understood and to be decided with, and files of identities, with what the
 * library does that reads them.
 */

const counted = CountedSteps.inThisFile('/node_modules/yaml/')

const TableName = 'Guarded'
const ResourceArn = `arn:aws:dynamodb:us-east-1:${account}:table/${TableName}`
const table = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}

type Principal = typeof root
const nobody = userWith({ Effect: 'Allow', Action: 's3:*', Resource: '*' })

async function openTable() {
  const parts = await openGated()
  const ask = async (who: Principal, operation: string, request: object): Promise<string> => {
    const context = { requestId: '', region: 'us-east-1', accessKeyId: 'K', principal: who }
    try {
      await performOperation(parts.dispatcher, operation, JSON.stringify(request), context)
      return ''
    } catch (error) {
      if (error instanceof ApiError) return error.message
      throw error
    }
  }
  expect(await ask(root, 'CreateTable', table)).toBe('')
  return { parts, ask }
}

const policyBytes = [2500, 5000, 10_000, 20_000]

describe('a policy takes steps in proportion to its length', () => {
  test.each(policyForms.map((form) => [form.name, form] as const))(
    'to be understood: %s',
    async (_, { text, refusal = '' }) => {
      const { parts, ask } = await openTable()
      await expectLinear(policyBytes, async (bytes) => {
        const Policy = text(bytes)
        expect(Buffer.byteLength(Policy)).toBeGreaterThan(bytes * 0.7)
        await counted.take()
        const message = await ask(root, 'PutResourcePolicy', { ResourceArn, Policy })
        const steps = await counted.take()
        expect(message.slice(0, Math.max(1, refusal.length))).toBe(refusal)
        return steps
      })
      await parts.close()
    },
  )

  const decisive = policyForms.filter(({ refusal }) => refusal === undefined)

  test.each(decisive.map((form) => [form.name, form] as const))(
    'to decide with: %s',
    async (_, { text }) => {
      const { parts, ask } = await openTable()
      const request = { TableName, Key: { id: { S: 'a'.repeat(2000) } } }
      const refused = `User: ${nobody.arn} is not authorized to perform: dynamodb:GetItem on `
      await expectLinear(policyBytes, async (bytes) => {
        await ask(root, 'PutResourcePolicy', { ResourceArn, Policy: text(bytes) })
        // The first decision compiles the policy, and is the dearest.
        await counted.take()
        const message = await ask(nobody, 'GetItem', request)
        const steps = await counted.take()
        expect(['', refused]).toContain(message.slice(0, refused.length))
        return steps
      })
      await parts.close()
    },
  )
})

describe('a request takes steps in proportion to its length', () => {
  const allow = (Condition: object) => ({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: nobody.arn },
        Action: 'dynamodb:*',
        Resource: '*',
        Condition,
      },
    ],
  })
  /** All of them are looked for in each value, to its end. */
  const patterns = [...Array.from({ length: 20 }, (_, i) => `*${'a'.repeat(i + 2)}b*`), '*']
  const ofAttributes = allow({ 'ForAllValues:StringLike': { 'dynamodb:Attributes': patterns } })
  const ofTags = allow({
    StringNotEquals: Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`aws:RequestTag/k${i}`, 'v']),
    ),
  })
  const named = (i: number): string => `a${'ab'.repeat(20)}${i}`
  const count = (length: number): number[] => Array.from({ length: length / 40 }, (_, i) => i)

  test.each<[string, object, string, (length: number) => object]>([
    [
      'attributes that an item has',
      ofAttributes,
      'PutItem',
      (length) => ({
        TableName,
        Item: Object.fromEntries(count(length).map((i) => [named(i), { S: '' }])),
      }),
    ],
    [
      'one attribute with a long name',
      ofAttributes,
      'PutItem',
      (length) => ({ TableName, Item: { ['ab'.repeat(length / 2)]: { S: '' } } }),
    ],
    [
      'keys of a batch',
      allow({ 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns } }),
      'BatchGetItem',
      (length) => ({
        RequestItems: {
          [TableName]: {
            Keys: Array.from({ length: 100 }, () => ({ id: { S: 'ab'.repeat(length / 200) } })),
          },
        },
      }),
    ],
    [
      'tags',
      ofTags,
      'TagResource',
      (length) => ({
        ResourceArn,
        Tags: count(length).map((i) => ({ Key: named(i), Value: 'v' })),
      }),
    ],
  ])('%s', async (_, policy, operation, request) => {
    const { parts, ask } = await openTable()
    await ask(root, 'PutResourcePolicy', { ResourceArn, Policy: JSON.stringify(policy) })
    // Shorter requests are spared some looks at the whole of them.
    await expectLinear([40_000, 80_000, 160_000, 320_000], async (length) => {
      await counted.take()
      await ask(nobody, operation, request(length))
      return counted.take()
    })
    await parts.close()
  })
})

describe('a file of identities takes steps in proportion to its length', () => {
  test.each(identityForms.map((form) => [form.name, form] as const))(
    '%s',
    async (_, { text, refusal }) => {
      await expectLinear([20_000, 40_000, 80_000, 160_000], async (length) => {
        const content = text(length)
        await counted.take()
        let message = ''
        try {
          parseIdentities(content, account)
        } catch (error) {
          message = (error as Error).message
        }
        const steps = await counted.take()
        expect(message).toContain(refusal)
        return steps
      })
    },
  )

  test('many users', async () => {
    const user = (i: number): string =>
      `  user${i}: { policies: [Reads], accessKeys: [{ accessKeyId: K${i}, secretAccessKey: s }] }\n`
    const policy =
      "policies: { Reads: { Statement: { Effect: Allow, Action: '*', Resource: '*' } } }\n"
    await expectLinear([250, 500, 1000, 2000], async (users) => {
      const content = `${policy}users:\n${Array.from({ length: users }, (_, i) => user(i)).join('')}`
      await counted.take()
      expect(parseIdentities(content, account).counts.users).toBe(users)
      return counted.take()
    })
  })
})
