import { openEngine } from '../../packages/server/src/cli/openEngine.ts'
import { setOrderKey } from '../../packages/server/src/layout/storeKeys.ts'
import { makeStoreOlder } from '../../packages/server/src/testing/olderStore.ts'

/**
 * Makes the store of a data directory one that an earlier version has left, with its sets out of
 * order. REQUIRES: no server has it open.
 */
export async function makeDirectoryOlder(dataDirectory: string): Promise<void> {
  const engine = await openEngine({ dataDirectory })
  try {
    await makeStoreOlder(engine)
  } finally {
    await engine.close()
  }
}

/** Whether sets of a store that no server has open are still to be put in order. */
export async function hasUnorderedSets(dataDirectory: string): Promise<boolean> {
  const engine = await openEngine({ dataDirectory, readOnly: true })
  try {
    return (await engine.get(setOrderKey)) !== undefined
  } finally {
    await engine.close()
  }
}
