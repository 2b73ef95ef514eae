import type { AttributeChange } from './itemChange.ts'

/** What an edit would make of an item, attribute by attribute. */
export function ChangeList({ changes }: { readonly changes: readonly AttributeChange[] }) {
  return (
    <ul class="changes" aria-label="Changes">
      {changes.map(({ name, before, after }) => (
        <li key={name}>
          <strong>{name}</strong>
          {before !== undefined && (
            <pre class="removed">
              <span class="sign">− </span>
              {before}
            </pre>
          )}
          {after !== undefined && (
            <pre class="added">
              <span class="sign">+ </span>
              {after}
            </pre>
          )}
        </li>
      ))}
    </ul>
  )
}
