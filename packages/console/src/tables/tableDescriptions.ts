import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { describeTable } from '../database/tables.ts'

/** Descriptions that are asked for at once. */
const mostAsked = 6
/** Rows that somebody only scrolls past, in less than this many milliseconds, are not described. */
const restMs = 120

/**
 * Descriptions of the tables in sight, anew in each round. INVARIANT: few are asked for at once,
 * and none that is out of sight by then, however fast somebody scrolls.
 */
export function useDescriptions({ client }: Connection, round: number) {
  const [descriptions, setDescriptions] = useState<ReadonlyMap<string, TableDescription>>(new Map())
  const asker = useMemo(() => new Asker(client, setDescriptions), [client, round])
  useEffect(() => {
    setDescriptions(new Map())
    return () => asker.end()
  }, [asker])
  const describe = useCallback((names: readonly string[]) => asker.want(names), [asker])
  return { descriptions, describe }
}

class Asker {
  private readonly client: DynamoDBClient
  private readonly tell: (known: ReadonlyMap<string, TableDescription>) => void
  private readonly asked = new Set<string>()
  private readonly known = new Map<string, TableDescription>()
  private wanted: readonly string[] = []
  private underWay = 0
  private rest: ReturnType<typeof setTimeout> | undefined

  constructor(
    client: DynamoDBClient,
    tell: (known: ReadonlyMap<string, TableDescription>) => void,
  ) {
    this.client = client
    this.tell = tell
  }

  want(names: readonly string[]): void {
    clearTimeout(this.rest)
    this.rest = setTimeout(() => {
      this.wanted = names
      this.ask()
    }, restMs)
  }

  end(): void {
    clearTimeout(this.rest)
    this.wanted = []
  }

  private ask(): void {
    while (this.underWay < mostAsked) {
      const name = this.wanted.find((each) => !this.asked.has(each))
      if (name === undefined) return
      this.asked.add(name)
      this.underWay += 1
      void describeTable(this.client, name)
        .then(
          (table) => this.tell(new Map(this.known.set(name, table))),
          // One that has been deleted meanwhile stays without a description.
          () => undefined,
        )
        .finally(() => {
          this.underWay -= 1
          this.ask()
        })
    }
  }
}
