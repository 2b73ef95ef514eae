import { DeleteTableCommand, type TableDescription } from '@aws-sdk/client-dynamodb'
import { useState } from 'preact/hooks'
import { keepTable } from '../deletions/keepTable.ts'
import { putBackKept } from '../deletions/putBack.ts'
import { notify, textOf } from '../parts/notices.tsx'
import { addressOf, goTo } from '../navigation/route.ts'
import type { Connection } from '../database/connection.ts'
import { Dialog } from '../parts/dialog.tsx'
import { CheckField, TextField } from '../parts/field.tsx'
import { startWork } from '../parts/works.tsx'
import { countText } from '../values/figures.ts'
import { Failure } from '../parts/failure.tsx'

interface DeleteTableProps {
  readonly connection: Connection
  readonly table: TableDescription
  readonly onClose: () => void
}

/** Tables of more items are copied first only when somebody says so. */
const mostCopied = 100_000

/** Asks for the name of the table before it is deleted. */
export function DeleteTable({ connection, table, onClose }: DeleteTableProps) {
  const { TableName: name = '', ItemCount: items = 0 } = table
  const [typed, setTyped] = useState('')
  const [isKept, setKept] = useState(items <= mostCopied)
  const [failure, setFailure] = useState<string>()
  async function remove(): Promise<void> {
    await connection.client.send(new DeleteTableCommand({ TableName: name }))
    goTo(addressOf(['tables']))
  }
  function perform(): void {
    if (isKept) {
      onClose()
      void removeWithCopy(connection, table, remove)
      return
    }
    remove().then(
      () => notify({ text: `Table ${name} was deleted.` }),
      (error: unknown) => setFailure(textOf(error)),
    )
  }
  return (
    <Dialog title={`Delete table ${name}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === name) perform()
        }}
      >
        <p>
          The table, its indexes and its {countText(items)} {items === 1 ? 'item' : 'items'} are
          deleted{isKept ? '.' : ' for good.'}
        </p>
        <CheckField
          label="Keep a copy in this browser for a day, to undo it"
          checked={isKept}
          onCheck={setKept}
        />
        <TextField
          label="Type the name of the table"
          hint={name}
          value={typed}
          onText={setTyped}
          autofocus
        />
        <Failure text={failure} />
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

/** A table is deleted once a whole copy of it is kept. */
function removeWithCopy(
  connection: Connection,
  table: TableDescription,
  remove: () => Promise<void>,
): Promise<void> {
  const { TableName: name = '' } = table
  return startWork({
    label: `Deleting ${name}, with a copy`,
    async perform(...work) {
      const id = await keepTable(connection, table, work)
      if (id === undefined) {
        notify({ text: `Table ${name} was not deleted.` })
        return
      }
      await remove()
      const undo = { label: 'Undo', perform: () => putBackKept(connection, id) }
      notify({ text: `Table ${name} was deleted.`, undo })
    },
  })
}
