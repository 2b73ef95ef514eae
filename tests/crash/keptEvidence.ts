import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isNoSocket } from './isNoSocket.ts'

/** Runs `story`; when it fails, the data directory is copied to where it stays, and the copy named. */
export async function keepingEvidence(
  directory: string,
  story: () => Promise<void>,
): Promise<void> {
  try {
    await story()
  } catch (error) {
    const kept = mkdtempSync(join(tmpdir(), 'dynatom-crash-'))
    cpSync(directory, kept, { recursive: true, filter: isNoSocket })
    console.log(`  failed; a copy of the data directory is in ${kept}`)
    throw error
  }
}
