import { ChoiceField, Group, TextField } from '../parts/field.tsx'
import type { IndexDraft, KeyDraft, KeyType } from './tableDraft.ts'

const keyTypes: readonly (readonly [KeyType, string])[] = [
  ['S', 'String'],
  ['N', 'Number'],
  ['B', 'Binary'],
]

interface KeyFieldsProps {
  /** Such as `Partition key`. */
  readonly label: string
  readonly value: KeyDraft
  readonly isOptional?: boolean
  readonly onChange: (key: KeyDraft) => void
}

/** A key attribute: name and type. */
export function KeyFields({ label, value, isOptional = false, onChange }: KeyFieldsProps) {
  return (
    <div class="pair">
      <TextField
        label={isOptional ? `${label} (optional)` : label}
        value={value.name}
        required={!isOptional}
        onText={(name) => onChange({ ...value, name })}
      />
      <ChoiceField
        label={`Type of ${label.toLowerCase()}`}
        value={value.type}
        choices={keyTypes}
        onChoose={(type) => onChange({ ...value, type })}
      />
    </div>
  )
}

interface IndexFieldsProps {
  readonly legend: string
  readonly value: IndexDraft
  /** Whether it may be a local one, as only a new table's may. */
  readonly mayBeLocal: boolean
  readonly onChange: (index: IndexDraft) => void
  readonly onRemove?: () => void
}

/** A secondary index. */
export function IndexFields(props: IndexFieldsProps) {
  const { legend, value, mayBeLocal, onChange, onRemove } = props
  return (
    <Group legend={legend}>
      <div class="pair">
        <TextField
          label="Index name"
          value={value.name}
          required
          onText={(name) => onChange({ ...value, name })}
        />
        {mayBeLocal && (
          <ChoiceField
            label="Kind of index"
            value={value.kind}
            choices={[
              ['global', 'Global'],
              ['local', 'Local'],
            ]}
            onChoose={(kind) => onChange({ ...value, kind })}
          />
        )}
      </div>
      {value.kind === 'global' && (
        <KeyFields
          label="Index partition key"
          value={value.partitionKey}
          onChange={(partitionKey) => onChange({ ...value, partitionKey })}
        />
      )}
      <KeyFields
        label="Index sort key"
        isOptional={value.kind === 'global'}
        value={value.sortKey}
        onChange={(sortKey) => onChange({ ...value, sortKey })}
      />
      <ChoiceField
        label="Projected attributes"
        value={value.projection}
        choices={[
          ['ALL', 'All'],
          ['KEYS_ONLY', 'Keys only'],
          ['INCLUDE', 'Keys and those named'],
        ]}
        onChoose={(projection) => onChange({ ...value, projection })}
      />
      {value.projection === 'INCLUDE' && (
        <TextField
          label="Included attributes"
          hint="Names with commas between them."
          value={value.included}
          onText={(included) => onChange({ ...value, included })}
        />
      )}
      {onRemove !== undefined && (
        <button type="button" onClick={onRemove}>
          Remove this index
        </button>
      )}
    </Group>
  )
}
