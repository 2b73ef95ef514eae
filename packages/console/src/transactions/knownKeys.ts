import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { useEffect, useState } from 'preact/hooks'
import { describeTable, listTables, primaryKeyOf, type KeyAttribute } from '../database/tables.ts'
import type { KnownKeys } from './transactionInput.ts'

/** While somebody types, nothing is asked. */
const patienceMs = 300
/** More names than these nobody looks through. */
const mostNames = 1000

/** The primary keys of those of the tables that there are, and may be described. */
export function useKnownKeys(client: DynamoDBClient, tables: readonly string[]): KnownKeys {
  const [known, setKnown] = useState<KnownKeys>(new Map())
  const wanted = [...new Set(tables)].filter((name) => name !== '' && !known.has(name))
  const asked = wanted.sort().join('\n')
  useEffect(() => {
    if (asked === '') return undefined
    let isOver = false
    const timer = setTimeout(() => {
      const names = asked.split('\n')
      void Promise.all(names.map((name) => keyOf(client, name))).then((keys) => {
        if (isOver || keys.every((key) => key === undefined)) return
        setKnown((before) => {
          const all = new Map(before)
          names.forEach((name, i) => keys[i] !== undefined && all.set(name, keys[i]))
          return all
        })
      })
    }, patienceMs)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [client, asked])
  return known
}

const keyOf = (
  client: DynamoDBClient,
  name: string,
): Promise<readonly KeyAttribute[] | undefined> =>
  describeTable(client, name).then(primaryKeyOf, () => undefined)

/** The names of tables that can be chosen from; none where they may not be listed. */
export function useTableNames(client: DynamoDBClient): readonly string[] {
  const [names, setNames] = useState<readonly string[]>([])
  useEffect(() => {
    const over = new AbortController()
    listTables(client, over.signal, (found) => {
      if (found.length >= mostNames) over.abort()
      setNames(found.slice(0, mostNames))
    }).then(setNames, () => undefined)
    return () => over.abort()
  }, [client])
  return names
}
