import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { History } from './history.ts'

/** Writes a history into a new directory and gives the path of its file. */
export function saveHistory(history: History): string {
  const path = join(mkdtempSync(join(tmpdir(), 'dynatom-history-')), 'history.json')
  writeFileSync(path, JSON.stringify(history))
  return path
}

export function loadHistory(path: string): History {
  return JSON.parse(readFileSync(path, 'utf8')) as History
}
