import { isRow } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { CommitMember, Effect } from '../../../packages/server/dist/commits/committer.js' */
/** @import { Bytes } from '../../../packages/server/dist/storage/engine.js' */

/** The number of a table, which follows the first byte of many keys. @param {Bytes} key */
const numberIn = (key) => Buffer.from(key).readUInt32BE(1)

let counted = 0

/** @param {CommitMember} member @returns {CommitMember} */
function withoutTheHundredth(member) {
  if (!Array.isArray(member.writes)) return member
  const rows = member.writes.filter(({ key }) => isRow(key))
  const tables = new Set(rows.map(({ key }) => numberIn(key)))
  /** @param {Effect} effect @returns {Effect} */
  const counting = (effect) => {
    if (effect.kind !== 'delta' || !tables.has(numberIn(effect.counter.key))) return effect
    return ++counted === 100 ? { ...effect, differences: [] } : effect
  }
  return { ...member, effects: member.effects.map(counting) }
}

await serve({
  committer: (committer) => ({
    submit(member) {
      return committer.submit(typeof member === 'function' ? member : withoutTheHundredth(member))
    },
    isOrdered: committer.isOrdered,
    settled: () => committer.settled(),
    onDraw: (key, listener) => committer.onDraw(key, listener),
  }),
})
