import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../engine.ts'
import { passwordIn } from './passwordFile.ts'
import { parsePostgresUrl } from './postgresUrl.ts'

describe('the address of a store', () => {
  test('names hosts, database and user; the rest has defaults', () => {
    expect(parsePostgresUrl('postgres://app@10.0.0.1,db2:5433,[::2]/shop')).toEqual({
      hosts: [
        { host: '10.0.0.1', port: 5432 },
        { host: 'db2', port: 5433 },
        { host: '::2', port: 5432 },
      ],
      database: 'shop',
      user: 'app',
      password: undefined,
      schema: 'dynatom',
      tls: { rejectUnauthorized: true },
      maxConnections: 32,
      maxSnapshots: 32,
      statementTimeoutMs: 10_000,
      readsReplicas: false,
      isMoving: false,
      mustBeThere: false,
      leaderWaitMs: 20_000,
    })
  })

  test('may have a password, a schema and what is escaped', () => {
    expect(parsePostgresUrl('postgresql://a%40b:p%3Aw@localhost/d%2Fb?schema=other')).toMatchObject(
      {
        user: 'a@b',
        password: 'p:w',
        database: 'd/b',
        schema: 'other',
        tls: undefined,
      },
    )
  })

  test('asks for certificates beyond loopback alone, unless it says otherwise', () => {
    const tlsOf = (rest: string): unknown => parsePostgresUrl(`postgres://a@${rest}`).tls
    expect(tlsOf('127.0.0.1,localhost,[::1]/d')).toBeUndefined()
    expect(tlsOf('127.0.0.1,other/d')).toEqual({ rejectUnauthorized: true })
    expect(tlsOf('other/d?sslmode=disable')).toBeUndefined()
    expect(tlsOf('localhost/d?sslmode=verify-full')).toEqual({ rejectUnauthorized: true })
  })

  test.each([
    [
      'http://a@b/c',
      /: it looks like postgres:\/\/user@host1,host2:5433\/database\?sslmode=verify-full\.$/,
    ],
    ['postgres://b/c', /: it needs a user\.$/],
    ['postgres://a@b', /: it needs a database\.$/],
    ['postgres://a@b:0/c', /: "b:0" is not a host\.$/],
    ['postgres://a@b,,d/c', /: "" is not a host\.$/],
    ['postgres://a@b/c?sslmode=prefer', /: sslmode takes verify-full, disable\.$/],
    ['postgres://a@b/c?host=d', /: it takes sslmode, sslrootcert, schema, not host\.$/],
    ['postgres://a@b/c?sslrootcert=/nowhere', /: sslrootcert cannot be read: ENOENT/],
    ['postgres://a%zz@b/c', /: a % begins two hexadecimal digits\.$/],
  ])('is refused when it is %s', (url, sentence) => {
    expect(() => parsePostgresUrl(url)).toThrow(sentence)
    expect(() => parsePostgresUrl(url)).toThrow(StoreUnavailable)
  })
})

describe('a password file', () => {
  const of = (text: string): string | undefined => {
    const hosts = [
      { host: 'one', port: 5432 },
      { host: 'two', port: 5433 },
    ]
    return passwordIn(text, { hosts, database: 'shop', user: 'app' })
  }

  test('gives the password of the first line that fits', () => {
    expect(of('one:5432:shop:other:a\ntwo:5433:shop:app:b\n*:*:*:*:c')).toBe('b')
    expect(of('# two:5433:shop:app:b\r\n*:*:*:app:c\r\n')).toBe('c')
    expect(of('two:5432:shop:app:b')).toBeUndefined()
    expect(of('')).toBeUndefined()
  })

  test('may have colons and backslashes behind a backslash', () => {
    expect(of(String.raw`*:*:*:*:a\:b\\c`)).toBe(String.raw`a:b\c`)
  })
})
