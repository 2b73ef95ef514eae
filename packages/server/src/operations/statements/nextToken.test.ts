import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { openDataPlane } from '../../testing/dataPlane.ts'
import { decodeNextToken, encodeNextToken } from './nextToken.ts'

const request = { Statement: 'SELECT * FROM Orders', Parameters: [{ S: 'a' }] }
const unreadable = 'Invalid NextToken'

it('gives back where to go on', () => {
  for (const position of [{ range: 0 }, { range: 7, behind: Buffer.from('abc') }]) {
    const decoded = decodeNextToken(encodeNextToken(request, 'id', position), request, 'id')
    expect(decoded).toEqual({ behind: undefined, ...position })
  }
})

it('tells tokens of other requests apart', () => {
  const token = encodeNextToken(request, 'id', { range: 0 })
  const mismatch = 'NextToken does not match request'
  expect(() => decodeNextToken(token, request, 'other')).toThrow(mismatch)
  expect(() => decodeNextToken(token, { ...request, Parameters: [] }, 'id')).toThrow(mismatch)
  const spaced = { ...request, Statement: `${request.Statement} ` }
  expect(() => decodeNextToken(token, spaced, 'id')).toThrow(mismatch)
})

it('refuses what was never given out', () => {
  const token = encodeNextToken(request, 'id', { range: 1, behind: Buffer.from('abc') })
  for (let i = 0; i < token.length; i++) {
    const other = token[i] === 'B' ? 'C' : 'B'
    const changed = token.slice(0, i) + other + token.slice(i + 1)
    expect(() => decodeNextToken(changed, request, 'id')).toThrow(unreadable)
    expect(() => decodeNextToken(token.slice(0, i), request, 'id')).toThrow(unreadable)
  }
})

it('a token that somebody has made leads nowhere but into the ranges of its statement', async () => {
  const plane = await openDataPlane()
  await plane.createTable('Orders', ['pk:S', 'sk:S'])
  for (const sk of ['1', '2']) {
    await plane.call('PutItem', { TableName: 'Orders', Item: { pk: { S: 'a' }, sk: { S: sk } } })
  }
  const Statement = "SELECT * FROM Orders WHERE pk = 'a'"
  const { NextToken } = await plane.call('ExecuteStatement', { Statement, Limit: 1 })
  const given = Buffer.from(NextToken as string, 'base64')
  const bound = given.subarray(17, 33)
  const made = (content: Buffer): string => {
    const hash = createHash('sha256')
    for (const part of ['next token', bound, content]) hash.update(`${part.length} `).update(part)
    const seal = hash.digest().subarray(0, 16)
    return Buffer.concat([Buffer.of(1), seal, bound, content]).toString('base64')
  }
  const executed = (token: string) =>
    plane.call('ExecuteStatement', { Statement, NextToken: token })
  expect(made(given.subarray(33))).toBe(NextToken)
  expect(await executed(made(given.subarray(33)))).toMatchObject({ Items: [{ sk: { S: '2' } }] })
  for (const content of [
    Buffer.of(0, 0, 0, 1),
    Buffer.of(255, 255, 255, 255),
    Buffer.from('\0\0\0\0{"pk":1}'),
    Buffer.of(0, 0, 0, 0, 255),
    Buffer.of(0, 0),
  ]) {
    expect(await executed(made(content))).toMatchObject({ message: unreadable })
  }
})
