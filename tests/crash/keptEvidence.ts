import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

/** Runs `story`; when it fails, the data directory is copied to where it stays, and the copy named. */
export async function keepingEvidence(
  directory: string,
  story: () => Promise<void>,
): Promise<void> {
  try {
    await story()
  } catch (error) {
    const kept = mkdtempSync(join(tmpdir(), 'dynatom-crash-'))
    const isData = (path: string): boolean => !basename(path).startsWith('dynatom.lock')
    cpSync(directory, kept, { recursive: true, filter: isData })
    console.log(`  failed; a copy of the data directory is in ${kept}`)
    throw error
  }
}
