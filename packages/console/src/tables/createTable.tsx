import { CreateTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { useState } from 'preact/hooks'
import { notify, textOf } from '../parts/notices.tsx'
import { addressOf, goTo } from '../navigation/route.ts'
import type { Connection } from '../database/connection.ts'
import { CheckField, ChoiceField, TextField } from '../parts/field.tsx'
import { useDraft } from '../parts/draft.ts'
import { IndexFields, KeyFields } from './indexFields.tsx'
import {
  createTableInput,
  newIndex,
  newTable,
  type IndexDraft,
  type TableDraft,
} from './tableDraft.ts'
import { streamViews } from './streamViews.ts'
import { Failure } from '../parts/failure.tsx'

/** The page on which a table is made. */
export function CreateTable({ connection }: { readonly connection: Connection }) {
  const { client } = connection
  const [draft, setDraft, clearDraft] = useDraft('create-table', newTable)
  const [failure, setFailure] = useState<string>()

  async function create(): Promise<void> {
    setFailure(undefined)
    try {
      await client.send(new CreateTableCommand(createTableInput(draft)))
      if (draft.timeToLive !== '') {
        const AttributeName = draft.timeToLive
        const TimeToLiveSpecification = { AttributeName, Enabled: true }
        const input = { TableName: draft.name, TimeToLiveSpecification }
        await client.send(new UpdateTimeToLiveCommand(input))
      }
      notify({ text: `Table ${draft.name} was created.` })
      clearDraft()
      goTo(addressOf(['tables', draft.name]))
    } catch (error) {
      setFailure(textOf(error))
    }
  }

  return (
    <form
      class="page narrow"
      onSubmit={(event) => {
        event.preventDefault()
        void create()
      }}
    >
      <h1>Create table</h1>
      <TableFields draft={draft} onChange={setDraft} />
      <Failure text={failure} />
      <div class="actions">
        <button type="submit" class="primary">
          Create table
        </button>
        <a class="button" href={addressOf(['tables'])} onClick={clearDraft}>
          Cancel
        </a>
      </div>
    </form>
  )
}

interface FieldsProps {
  readonly draft: TableDraft
  readonly onChange: (draft: TableDraft) => void
}

function TableFields({ draft, onChange }: FieldsProps) {
  const change = (part: Partial<TableDraft>): void => onChange({ ...draft, ...part })
  const changeIndex = (at: number, changed: IndexDraft | undefined): void => {
    const indexes = draft.indexes.flatMap((index, i) => (i === at ? (changed ?? []) : index))
    change({ indexes })
  }
  return (
    <>
      <TextField
        label="Table name"
        hint="3 to 255 letters, digits, and . _ -"
        value={draft.name}
        required
        onText={(name) => change({ name })}
      />
      <KeyFields
        label="Partition key"
        value={draft.partitionKey}
        onChange={(partitionKey) => change({ partitionKey })}
      />
      <KeyFields
        label="Sort key"
        isOptional
        value={draft.sortKey}
        onChange={(sortKey) => change({ sortKey })}
      />
      {draft.indexes.map((index, i) => (
        <IndexFields
          key={i}
          legend={`Index ${i + 1}`}
          value={index}
          mayBeLocal
          onChange={(changed) => changeIndex(i, changed)}
          onRemove={() => changeIndex(i, undefined)}
        />
      ))}
      <button type="button" onClick={() => change({ indexes: [...draft.indexes, newIndex] })}>
        Add index
      </button>
      <CapacityFields draft={draft} onChange={onChange} />
      <TextField
        label="Time to live attribute (optional)"
        hint="A number, in seconds since 1970, after which an item is removed."
        value={draft.timeToLive}
        onText={(timeToLive) => change({ timeToLive })}
      />
      <ChoiceField
        label="Stream"
        value={draft.stream}
        choices={streamViews}
        onChoose={(stream) => change({ stream })}
      />
      <CheckField
        label="Protect from deletion"
        checked={draft.isProtected}
        onCheck={(isProtected) => change({ isProtected })}
      />
    </>
  )
}

function CapacityFields({ draft, onChange }: FieldsProps) {
  const change = (part: Partial<TableDraft>): void => onChange({ ...draft, ...part })
  return (
    <>
      <ChoiceField
        label="Capacity"
        value={draft.billing}
        choices={[
          ['PAY_PER_REQUEST', 'On demand'],
          ['PROVISIONED', 'Provisioned'],
        ]}
        onChoose={(billing) => change({ billing })}
      />
      {draft.billing === 'PROVISIONED' && (
        <div class="pair">
          <TextField
            label="Read capacity units"
            inputMode="numeric"
            value={draft.readUnits}
            onText={(readUnits) => change({ readUnits })}
          />
          <TextField
            label="Write capacity units"
            inputMode="numeric"
            value={draft.writeUnits}
            onText={(writeUnits) => change({ writeUnits })}
          />
        </div>
      )}
    </>
  )
}
