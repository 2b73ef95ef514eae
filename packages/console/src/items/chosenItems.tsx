import type { Connection } from '../database/connection.ts'
import { itemsText, putBackKept } from '../deletions/putBack.ts'
import { keepCopy } from '../kept/keptCopies.ts'
import { notify, notifyError } from '../parts/notices.tsx'
import { startWork, type Progress } from '../parts/works.tsx'
import type { Item } from '../values/dynamodbJson.ts'
import { countText } from '../values/figures.ts'
import { deleteItems, DeletionFailed, type Deletion } from './deleteItems.ts'

interface ChosenItemsProps {
  readonly connection: Connection
  /** What is chosen. */
  readonly deletion: Deletion
  /** Chooses all items of the page, or none. */
  readonly onChooseAll: (isAll: boolean) => void
  readonly onDeleted: () => void
}

/** What is done with the items that are chosen: they are deleted, and can be put back. */
export function ChosenItems({ connection, deletion, onChooseAll, onDeleted }: ChosenItemsProps) {
  const count = deletion.keys.length
  async function perform(onProgress: (progress: Progress) => void, signal: AbortSignal) {
    const tell = (done: number): void =>
      onProgress({ done, of: count, text: `${countText(done)} of ${countText(count)}` })
    try {
      const items = await deleteItems(connection, deletion, tell, signal)
      await notifyDeleted(connection, deletion, items, onDeleted)
    } catch (error) {
      notifyError(error)
      if (error instanceof DeletionFailed && error.deleted.length > 0) {
        await notifyDeleted(connection, deletion, error.deleted, onDeleted)
      }
    }
    onDeleted()
  }
  const label = `Deleting from ${deletion.tableName}`
  return (
    <div class="actions">
      <button type="button" onClick={() => onChooseAll(true)}>
        Choose all on this page
      </button>
      <button type="button" disabled={count === 0} onClick={() => onChooseAll(false)}>
        Choose none
      </button>
      <button
        type="button"
        class="danger"
        disabled={count === 0}
        onClick={() => void startWork({ label, perform })}
      >
        Delete chosen items
      </button>
      <span>{countText(count)} chosen</span>
    </div>
  )
}

/** Keeps what was deleted, over a reload as well, and says so with the way to put it back. */
export async function notifyDeleted(
  connection: Connection,
  deletion: Deletion,
  items: readonly Item[],
  onPutBack: () => void,
): Promise<void> {
  const { tableName } = deletion
  const { namespace } = connection
  const what = itemsText(items.length)
  const text = `${what} of ${tableName} deleted.`
  if (items.length === 0) return notify({ text })
  const id = await keepCopy({ kind: 'items', namespace, tableName, items, at: Date.now() })
  notify({
    text,
    undo: {
      label: 'Undo',
      async perform() {
        await putBackKept(connection, id)
        onPutBack()
      },
    },
  })
}
