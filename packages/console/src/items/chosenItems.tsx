import { useRef, useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { notify, notifyError } from '../parts/notices.tsx'
import type { Item } from '../values/dynamodbJson.ts'
import { countText } from '../values/figures.ts'
import { deleteItems, DeletionFailed, putBack, type Deletion } from './deleteItems.ts'

interface ChosenItemsProps {
  readonly connection: Connection
  /** What is chosen. */
  readonly deletion: Deletion
  readonly onDeleted: () => void
}

/** What is done with the items that are chosen: they are deleted, and can be put back. */
export function ChosenItems({ connection, deletion, onDeleted }: ChosenItemsProps) {
  const [done, setDone] = useState<number>()
  const running = useRef<AbortController | null>(null)
  const count = deletion.keys.length
  async function perform(): Promise<void> {
    const controller = new AbortController()
    running.current = controller
    setDone(0)
    try {
      const items = await deleteItems(connection, deletion, setDone, controller.signal)
      notifyDeleted(connection, deletion, items, onDeleted)
    } catch (error) {
      notifyError(error)
      if (error instanceof DeletionFailed && error.deleted.length > 0) {
        notifyDeleted(connection, deletion, error.deleted, onDeleted)
      }
    } finally {
      setDone(undefined)
      onDeleted()
    }
  }
  if (done !== undefined) {
    return (
      <div class="actions">
        <label>
          Deleting <progress value={done} max={count} />
        </label>
        <button type="button" onClick={() => running.current?.abort()}>
          Stop deleting
        </button>
      </div>
    )
  }
  return (
    <div class="actions">
      <button type="button" class="danger" disabled={count === 0} onClick={() => void perform()}>
        Delete chosen items
      </button>
      <span>{countText(count)} chosen</span>
    </div>
  )
}

/** Says what was deleted, with the way to put it back. */
export function notifyDeleted(
  connection: Connection,
  deletion: Deletion,
  items: readonly Item[],
  onPutBack: () => void,
): void {
  const { tableName } = deletion
  const what = items.length === 1 ? '1 item' : `${countText(items.length)} items`
  notify({
    text: `${what} of ${tableName} deleted.`,
    ...(items.length > 0 && {
      undo: {
        label: 'Undo',
        async perform() {
          await putBack(connection, deletion, items)
          notify({ text: `${what} of ${tableName} put back.` })
          onPutBack()
        },
      },
    }),
  })
}
