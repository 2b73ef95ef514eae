import { isRow, SlowEngine } from '../../means/brokenEngines.mjs'
import { serve } from '../../means/brokenServer.mjs'

/** @import { CommitMember, PreparedCommit } from '../../../packages/server/dist/commits/committer.js' */

/** @param {CommitMember | PreparedCommit} member */
const changesItems = (member) =>
  typeof member !== 'function' &&
  Array.isArray(member.writes) &&
  member.writes.some(({ key }) => isRow(key))

await serve({
  engine: (engine) => new SlowEngine(engine, 5),
  committer: (committer) => ({
    submit(member) {
      const committed = committer.submit(member)
      if (!changesItems(member)) return committed
      committed.catch(() => undefined)
      return Promise.resolve([])
    },
    isOrdered: committer.isOrdered,
    settled: () => committer.settled(),
    onDraw: (key, listener) => committer.onDraw(key, listener),
  }),
})
