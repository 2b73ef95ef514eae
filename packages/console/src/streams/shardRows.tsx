import { countText } from '../values/figures.ts'
import type { ShardState } from './streamTail.ts'
import { ColumnHeads } from '../parts/columnHeads.tsx'

const states: Readonly<Record<ShardState['state'], string>> = {
  waiting: 'Waits for its parent',
  reading: 'Open',
  ended: 'Closed',
}

/** The shards of a stream, and how far they are read. */
export function ShardRows({ shards }: { readonly shards: readonly ShardState[] }) {
  return (
    <details class="elsewhere">
      <summary>Shards ({countText(shards.length)})</summary>
      <div class="wide" tabIndex={0} role="region" aria-label="Shards">
        <table aria-label="Shards">
          <thead>
            <tr>
              <ColumnHeads names={['Shard', 'State', 'Records', 'Parent']} />
            </tr>
          </thead>
          <tbody>
            {shards.map(({ shardId, state, recordCount, parentId }) => (
              <tr key={shardId}>
                <th scope="row">{shardId}</th>
                <td>{states[state]}</td>
                <td class="figure">{countText(recordCount)}</td>
                <td>{parentId ?? 'None'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
