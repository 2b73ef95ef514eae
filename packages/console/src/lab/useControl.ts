import { useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { askLab, type LabRequest } from '../database/lab.ts'
import { notify, notifyError } from '../parts/notices.tsx'

/** What a page changes the lab by. */
export interface Control {
  readonly isBusy: boolean
  /**
   * Asks the lab for something, says `done` when it is done, or why not, and has the page look
   * again. Resolves to whether it was done. What `request` throws is told, too.
   */
  readonly change: (request: () => LabRequest, done: string) => Promise<boolean>
}

export function useControl(connection: Connection, onChanged: () => void): Control {
  const [isBusy, setBusy] = useState(false)
  return {
    isBusy,
    async change(request, done) {
      setBusy(true)
      try {
        await askLab(connection, request())
        notify({ text: done })
        return true
      } catch (error) {
        notifyError(error)
        return false
      } finally {
        setBusy(false)
        onChanged()
      }
    },
  }
}
