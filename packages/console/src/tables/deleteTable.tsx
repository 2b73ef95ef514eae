import { DeleteTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb'
import { useState } from 'preact/hooks'
import { notify, textOf } from '../parts/notices.tsx'
import { addressOf, goTo } from '../navigation/route.ts'
import type { Connection } from '../database/connection.ts'
import { Dialog } from '../parts/dialog.tsx'
import { TextField } from '../parts/field.tsx'
import { countText } from '../values/figures.ts'

interface DeleteTableProps {
  readonly connection: Connection
  readonly table: TableDescription
  readonly onClose: () => void
}

/** Asks for the name of the table before it is deleted. */
export function DeleteTable({ connection, table, onClose }: DeleteTableProps) {
  const { TableName: name = '', ItemCount: items = 0 } = table
  const [typed, setTyped] = useState('')
  const [failure, setFailure] = useState<string>()
  async function perform(): Promise<void> {
    try {
      await connection.client.send(new DeleteTableCommand({ TableName: name }))
      notify({ text: `Table ${name} was deleted.` })
      goTo(addressOf(['tables']))
    } catch (error) {
      setFailure(textOf(error))
    }
  }
  return (
    <Dialog title={`Delete table ${name}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === name) void perform()
        }}
      >
        <p>
          The table, its indexes and its {countText(items)} {items === 1 ? 'item' : 'items'} are
          deleted for good.
        </p>
        <TextField
          label="Type the name of the table"
          hint={name}
          value={typed}
          onText={setTyped}
          autofocus
        />
        {failure !== undefined && (
          <p role="alert" class="failure">
            {failure}
          </p>
        )}
        <div class="actions">
          <button type="submit" class="danger" disabled={typed !== name}>
            Delete table
          </button>
          <button type="button" onClick={onClose}>
            Keep it
          </button>
        </div>
      </form>
    </Dialog>
  )
}
