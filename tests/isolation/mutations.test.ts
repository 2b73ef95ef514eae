import { expect, test } from 'vitest'
import { mutatedFiles } from './mutatedServer.ts'
import { mutations } from './mutations.ts'

test.each(mutations)('the server has what is replaced so that $name', ({ replacements }) => {
  expect(mutatedFiles(replacements).size).toBeGreaterThan(0)
})

test('a piece that is missing or there twice is no mutation', () => {
  const file = 'commits/groupCommit.js'
  const replace = (piece: string) => () => mutatedFiles([{ file, piece, by: '' }])
  expect(replace('no such piece')).toThrow(
    'the mutation no longer applies: commits/groupCommit.js has 0',
  )
  expect(replace('const ')).toThrow('the mutation no longer applies')
  expect(replace('await assembly.commit();')).not.toThrow()
})
