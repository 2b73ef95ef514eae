import {
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type TableDescription,
  type TimeToLiveDescription,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import { useState } from 'preact/hooks'
import { notify, textOf } from '../parts/notices.tsx'
import type { Connection } from '../database/connection.ts'
import { useDraft } from '../parts/draft.ts'
import { CheckField, ChoiceField, Group, TextField } from '../parts/field.tsx'
import { IndexFields } from './indexFields.tsx'
import { streamViews } from './streamViews.ts'
import { definitionsOf, globalIndex, newIndex, type StreamView } from './tableDraft.ts'
import { Failure } from '../parts/failure.tsx'

interface ChangeTableProps {
  readonly connection: Connection
  readonly table: TableDescription
  readonly timeToLive: TimeToLiveDescription
  readonly onChanged: () => void
}

/** Makes one change of the table, as DynamoDB makes one at a time; `text` says what was done. */
type Change = (text: string, perform: () => Promise<unknown>) => void

/** What of a table can be changed, each by itself. */
export function ChangeTable({ connection, table, timeToLive, onChanged }: ChangeTableProps) {
  const { client } = connection
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const change: Change = (text, perform) => {
    setFailure(undefined)
    setBusy(true)
    perform()
      .then(
        () => notify({ text }),
        (error: unknown) => setFailure(textOf(error)),
      )
      .finally(() => {
        setBusy(false)
        onChanged()
      })
  }
  const update = (text: string, input: Omit<UpdateTableCommandInput, 'TableName'>): void =>
    change(text, () =>
      client.send(new UpdateTableCommand({ ...input, TableName: table.TableName })),
    )
  return (
    <section aria-busy={isBusy}>
      <h2>Change</h2>
      <Failure text={failure} />
      <div class="groups">
        <TimeToLive
          key={timeToLive.AttributeName}
          draftName={draftOf(table, 'time-to-live')}
          timeToLive={timeToLive}
          onChange={(AttributeName, Enabled) => {
            const TimeToLiveSpecification = { AttributeName, Enabled }
            const input = { TableName: table.TableName, TimeToLiveSpecification }
            change(`Time to live of ${table.TableName} was changed.`, () =>
              client.send(new UpdateTimeToLiveCommand(input)),
            )
          }}
        />
        <Stream table={table} update={update} />
        <Capacity table={table} update={update} />
        <NewIndex table={table} update={update} />
        <RemovedIndex table={table} update={update} />
        <Group legend="Deletion">
          <CheckField
            label="Protect from deletion"
            checked={table.DeletionProtectionEnabled === true}
            onCheck={(DeletionProtectionEnabled) =>
              update(`Protection of ${table.TableName} was changed.`, { DeletionProtectionEnabled })
            }
          />
        </Group>
      </div>
    </section>
  )
}

/** The name of what has been typed for a table; another one of the same name has its own. */
const draftOf = ({ TableId }: TableDescription, part: string): string => `${part}:${TableId}`

interface TimeToLiveProps {
  readonly draftName: string
  readonly timeToLive: TimeToLiveDescription
  readonly onChange: (attributeName: string, isOn: boolean) => void
}

function TimeToLive({ draftName, timeToLive, onChange }: TimeToLiveProps) {
  const { AttributeName: present } = timeToLive
  const [typed, setName, clear] = useDraft(draftName, '')
  const name = present ?? typed
  const isOn = present !== undefined
  function change(): void {
    clear()
    onChange(name, !isOn)
  }
  return (
    <Group legend="Time to live">
      <TextField label="Expiry attribute" value={name} disabled={isOn} onText={setName} />
      <button type="button" disabled={name === ''} onClick={change}>
        {isOn ? 'Turn time to live off' : 'Turn time to live on'}
      </button>
    </Group>
  )
}

interface PartProps {
  readonly table: TableDescription
  readonly update: (text: string, input: Omit<UpdateTableCommandInput, 'TableName'>) => void
}

function Stream({ table, update }: PartProps) {
  const present = table.StreamSpecification?.StreamViewType ?? 'NONE'
  return (
    <Group legend="Stream">
      <ChoiceField
        label="Records of the stream"
        hint={present === 'NONE' ? undefined : 'To change its kind, turn it off first.'}
        value={present}
        choices={present === 'NONE' ? streamViews : streamViews.filter(isOneOf('NONE', present))}
        onChoose={(view) =>
          update(`The stream of ${table.TableName} was changed.`, {
            StreamSpecification:
              view === 'NONE'
                ? { StreamEnabled: false }
                : { StreamEnabled: true, StreamViewType: view },
          })
        }
      />
    </Group>
  )
}

const isOneOf =
  (...views: readonly StreamView[]) =>
  ([view]: readonly [StreamView, string]): boolean =>
    views.includes(view)

function Capacity({ table, update }: PartProps) {
  const isOnDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
  const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = table.ProvisionedThroughput ?? {}
  const present = { reads: String(ReadCapacityUnits || 5), writes: String(WriteCapacityUnits || 5) }
  const [{ reads, writes }, setUnits] = useDraft(draftOf(table, 'capacity'), present)
  const units = { ReadCapacityUnits: Number(reads), WriteCapacityUnits: Number(writes) }
  const provision = (): void =>
    update(`Capacity of ${table.TableName} was changed.`, {
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: units,
      // What is on demand has no units for its indexes either.
      ...(isOnDemand && {
        GlobalSecondaryIndexUpdates: table.GlobalSecondaryIndexes?.map(({ IndexName }) => ({
          Update: { IndexName, ProvisionedThroughput: units },
        })),
      }),
    })
  return (
    <Group legend="Capacity">
      <div class="pair">
        <TextField
          label="Read units"
          inputMode="numeric"
          value={reads}
          onText={(typed) => setUnits({ reads: typed, writes })}
        />
        <TextField
          label="Write units"
          inputMode="numeric"
          value={writes}
          onText={(typed) => setUnits({ reads, writes: typed })}
        />
      </div>
      <div class="actions">
        <button type="button" onClick={provision}>
          Provision
        </button>
        <button
          type="button"
          disabled={isOnDemand}
          onClick={() =>
            update(`Capacity of ${table.TableName} was changed.`, {
              BillingMode: 'PAY_PER_REQUEST',
            })
          }
        >
          Go on demand
        </button>
      </div>
    </Group>
  )
}

function NewIndex({ table, update }: PartProps) {
  const [index, setIndex, clear] = useDraft(draftOf(table, 'new-index'), newIndex)
  const add = (): void => {
    const defined = new Map(table.AttributeDefinitions?.map((each) => [each.AttributeName, each]))
    for (const each of definitionsOf([index.partitionKey, index.sortKey])) {
      defined.set(each.AttributeName, each)
    }
    const isOnDemand = table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST'
    const { ReadCapacityUnits, WriteCapacityUnits } = table.ProvisionedThroughput ?? {}
    const ProvisionedThroughput = { ReadCapacityUnits, WriteCapacityUnits }
    const Create = { ...globalIndex(index), ...(!isOnDemand && { ProvisionedThroughput }) }
    update(`Index ${index.name} is being made.`, {
      AttributeDefinitions: [...defined.values()],
      GlobalSecondaryIndexUpdates: [{ Create }],
    })
    clear()
  }
  return (
    <details>
      <summary>Add a global index</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add()
        }}
      >
        <IndexFields legend="New index" value={index} mayBeLocal={false} onChange={setIndex} />
        <button type="submit">Add index</button>
      </form>
    </details>
  )
}

function RemovedIndex({ table, update }: PartProps) {
  const names = (table.GlobalSecondaryIndexes ?? []).map(({ IndexName = '' }) => IndexName)
  if (names.length === 0) return null
  return (
    <Group legend="Remove a global index">
      <div class="actions">
        {names.map((IndexName) => (
          <button
            key={IndexName}
            type="button"
            class="danger"
            onClick={() =>
              update(`Index ${IndexName} is being removed.`, {
                GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }],
              })
            }
          >
            Remove {IndexName}
          </button>
        ))}
      </div>
    </Group>
  )
}
