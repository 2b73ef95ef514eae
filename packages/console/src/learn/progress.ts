import { useState } from 'preact/hooks'

const prefix = 'dynatom.course.'

/** What a browser keeps of a course: no keys, and nothing of a database. */
export interface Progress {
  /** The ids of steps that are done. */
  readonly done: readonly string[]
  /** What was written in the editors, by the ids of steps. */
  readonly code: Readonly<Record<string, string>>
}

const nothing: Progress = { done: [], code: {} }

/** The progress of a course in this browser. */
export function progressOf(courseName: string): Progress {
  try {
    const stored = JSON.parse(localStorage.getItem(prefix + courseName) ?? 'null') as unknown
    return isProgress(stored) ? stored : nothing
  } catch {
    return nothing
  }
}

function isProgress(stored: unknown): stored is Progress {
  if (typeof stored !== 'object' || stored === null) return false
  const { done, code } = stored as Partial<Progress>
  const isCode = typeof code === 'object' && code !== null
  return (
    isCode &&
    Array.isArray(done) &&
    [...done, ...Object.values(code)].every((each) => typeof each === 'string')
  )
}

/** The progress of a course, how it is changed, and how it is forgotten. */
export function useProgress(
  courseName: string,
): readonly [Progress, (change: (before: Progress) => Progress) => void, () => void] {
  const [progress, setProgress] = useState(() => progressOf(courseName))
  function change(next: (before: Progress) => Progress): void {
    const changed = next(progressOf(courseName))
    localStorage.setItem(prefix + courseName, JSON.stringify(changed))
    setProgress(changed)
  }
  function reset(): void {
    localStorage.removeItem(prefix + courseName)
    setProgress(nothing)
  }
  return [progress, change, reset]
}

/** The progress with a step done. */
export const withDone =
  (id: string) =>
  (before: Progress): Progress => ({ ...before, done: [...new Set([...before.done, id])] })

/** The progress with what was written for a step. */
export const withCode =
  (id: string, text: string) =>
  (before: Progress): Progress => ({ ...before, code: { ...before.code, [id]: text } })
