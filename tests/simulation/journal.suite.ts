import { describe, expect, onTestFinished, test } from 'vitest'
import {
  simulateJournal,
  type SimulationOptions,
} from '../../packages/server/src/testing/journalSimulation.ts'
import type {
  JournalFile,
  JournalFiles,
} from '../../packages/server/src/storage/journal/journalFiles.ts'

/*
 * The journaled engine under simulated faults and crashes. DYNATOM_JOURNAL_RUNS says how many seeds
 * there are for each kind of tear, DYNATOM_JOURNAL_SEED which is the first.
 */

const runs = Number(process.env['DYNATOM_JOURNAL_RUNS'] ?? 300)
const firstSeed = Number(process.env['DYNATOM_JOURNAL_SEED'] ?? 1)

/** Unhandled rejections are known when the microtask queue is empty. */
const microtasksAreOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function simulate(seed: number, options: SimulationOptions): Promise<void> {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  await simulateJournal(seed, options)
  await microtasksAreOver()
  process.off('unhandledRejection', note)
  expect(unhandled, `seed ${seed}`).toEqual([])
}

test.each(['cut', 'zeros'] as const)(
  'whatever fails and whenever it crashes, with tears of %s, what was acknowledged is there',
  async (tear) => {
    for (let seed = firstSeed; seed < firstSeed + runs; seed++) await simulate(seed, { tear })
  },
)

/** Files of which some calls go wrong without saying so. */
const wrongFiles =
  (wrong: (file: JournalFile) => Partial<JournalFile>, remove?: JournalFiles['remove']) =>
  (files: JournalFiles): JournalFiles => ({
    list: () => files.list(),
    read: (number) => files.read(number),
    remove: remove ?? ((number) => files.remove(number)),
    open: async (number) => {
      const file = await files.open(number)
      return {
        write: (bytes, offset) => file.write(bytes, offset),
        truncate: (length) => file.truncate(length),
        read: (target, offset) => file.read(target, offset),
        retain: () => file.retain(),
        close: () => file.close(),
        ...wrong(file),
      }
    },
  })

describe('it finds', () => {
  test.each<[string, SimulationOptions['sabotage'], RegExp]>([
    [
      'a write that is acknowledged before it is on the disk',
      wrongFiles((file) => ({
        write: async (bytes, offset) => void file.write(Buffer.from(bytes), offset).catch(() => {}),
      })),
      /^seed \d+, .*: (found|its journal|the newest file of its journal)/,
    ],
    [
      'a tail that is not cut off',
      wrongFiles(() => ({ truncate: async () => {} })),
      /^seed \d+, .*: (found|a file of its journal|a closed journal has files of)/,
    ],
    [
      'a file that stays',
      wrongFiles(
        () => ({}),
        async () => {},
      ),
      /^seed \d+, .*: a closed journal has files of \d+ and/,
    ],
  ])('%s', async (_, sabotage, message) => {
    const failing = async (): Promise<void> => {
      for (let seed = 1; seed <= 100; seed++) {
        await simulateJournal(seed, { tear: 'cut', ...(sabotage && { sabotage }) })
      }
    }
    await expect(failing()).rejects.toThrow(message)
  })
})
