import { createHash } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import { canonicalPath, canonicalQuery, canonicalRequest } from './canonicalRequest.ts'

test('the canonical form has a line for each part', () => {
  const body = Buffer.from([0, 0xff])
  const request = {
    method: 'POST',
    url: '/a?b=c',
    headers: { host: 'h', 'x-a': ' 1  2 ', 'x-b': 'not signed', 'x-c': ['3', '4'] },
    body,
  }
  const digest = createHash('sha256').update(body).digest('hex')
  expect(canonicalRequest(request, 'host;x-a;x-c')).toBe(
    `POST\n/a\nb=c\nhost:h\nx-a:1 2\nx-c:3,4\n\nhost;x-a;x-c\n${digest}`,
  )
  expect(canonicalRequest(request, 'host;x-d')).toBeUndefined()
  expect(canonicalRequest(request, 'host;')).toBeUndefined()
})

describe('a path', () => {
  it.each([
    ['/', '/'],
    ['', ''],
    ['//', '/'],
    ['/a/b', '/a/b'],
    ['/a/b/', '/a/b/'],
    ['//a/./b//c/../', '/a/b/'],
    ['/../..', '/'],
    ['.', '.'],
    ['*', '%2A'],
    ['/a b', '/a%20b'],
    ['/a%20b', '/a%2520b'],
    ['/%e1%88%b4', '/%25e1%2588%25b4'],
    ['/\u00e1\u0088\u00b4', '/%E1%88%B4'],
    ['/\u1234', '/%E1%88%B4'],
    ['/-._~+*', '/-._~%2B%2A'],
  ])('%j becomes %j', (path, canonical) => {
    expect(canonicalPath(path)).toBe(canonical)
  })
})

describe('a query', () => {
  it.each([
    ['', ''],
    ['a', 'a='],
    ['&&a=1&', 'a=1'],
    ['b=2&a=1', 'a=1&b=2'],
    ['a=2&a=1&A=3', 'A=3&a=1&a=2'],
    // By name first, although "=" comes after "-" and before "a".
    ['a-b=1&a=2&aa=3', 'a=2&a-b=1&aa=3'],
    ['a=b=c', 'a=b%3Dc'],
    ['a=%2f%2F/', 'a=%2F%2F%2F'],
    ['a=%7e%41', 'a=~A'],
    ['a=x+y%20z%2B', 'a=x%20y%20z%2B'],
    ['a=100%&b=%4', 'a=100%25&b=%254'],
    ['%C3%A4=\u00c3\u00a4', '%C3%A4=%C3%A4'],
    ['X-Amz-Signature=0&a=1', 'a=1'],
    ['X-Amz-Signature=0&X-Amz-Signature=1', 'X-Amz-Signature=1'],
    ['x-amz-signature=0', 'x-amz-signature=0'],
  ])('%j becomes %j', (query, canonical) => {
    expect(canonicalQuery(query)).toBe(canonical)
  })
})
