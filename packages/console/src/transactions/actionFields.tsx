import { CheckField, ChoiceField, TextArea, TextField } from '../parts/field.tsx'
import type { KeyAttribute } from '../database/tables.ts'
import type { ActionDraft, ActionKind, JsonForm } from './transactionDraft.ts'

const writeKinds: readonly (readonly [ActionKind, string])[] = [
  ['Put', 'Put'],
  ['Update', 'Update'],
  ['Delete', 'Delete'],
  ['ConditionCheck', 'ConditionCheck'],
]

interface ActionFieldsProps {
  readonly action: ActionDraft
  /** Its position, from 0, and how many there are. */
  readonly position: number
  readonly count: number
  readonly form: JsonForm
  /** The primary key of its table, if that is known. */
  readonly keyAttributes: readonly KeyAttribute[] | undefined
  /** The id of a list of names of tables. */
  readonly tablesId: string
  readonly onChange: (part: Partial<ActionDraft>) => void
  readonly onMove: (by: 1 | -1) => void
  readonly onCopy: () => void
  readonly onRemove: () => void
}

/** One action of a transaction: what it does to which item, on which condition. */
export function ActionFields(props: ActionFieldsProps) {
  const { action, position, form, tablesId, onChange } = props
  const { kind } = action
  const json = form === 'plain' ? 'plain JSON' : 'DynamoDB JSON'
  return (
    <fieldset class="action" data-action={action.id}>
      <legend>
        Action {position + 1}: {kind}
      </legend>
      <div class="pair">
        {kind !== 'Get' && (
          <ChoiceField
            label="What to do"
            value={kind}
            choices={writeKinds}
            onChoose={(chosen) => onChange({ kind: chosen })}
          />
        )}
        <TextField
          label="Table"
          list={tablesId}
          required
          value={action.table}
          onText={(table) => onChange({ table })}
        />
      </div>
      {kind === 'Put' ? (
        <TextArea
          label="Item"
          hint={`As ${json}, key and all.`}
          rows={5}
          value={action.item}
          onText={(item) => onChange({ item })}
        />
      ) : (
        <KeyFields {...props} />
      )}
      {kind === 'Update' && (
        <TextField
          label="Update expression"
          hint="Such as SET stock = stock - :n"
          required
          value={action.update}
          onText={(update) => onChange({ update })}
        />
      )}
      {kind !== 'Get' && (
        <TextField
          label={kind === 'ConditionCheck' ? 'Condition' : 'Condition (optional)'}
          hint="Such as attribute_exists(#id) AND stock >= :n"
          required={kind === 'ConditionCheck'}
          value={action.condition}
          onText={(condition) => onChange({ condition })}
        />
      )}
      {kind === 'Get' && (
        <TextField
          label="Attributes to read (optional)"
          hint="A projection expression, such as stock, price"
          value={action.projection}
          onText={(projection) => onChange({ projection })}
        />
      )}
      <Placeholders action={action} json={json} onChange={onChange} />
      <ActionButtons {...props} />
    </fieldset>
  )
}

function KeyFields({ action, form, keyAttributes, onChange }: ActionFieldsProps) {
  if (keyAttributes === undefined) {
    const json = form === 'plain' ? 'plain JSON' : 'DynamoDB JSON'
    const isNamed = action.table !== ''
    return (
      <TextArea
        label="Key"
        hint={isNamed ? `As ${json}: this table could not be described.` : `As ${json}.`}
        rows={2}
        value={action.keyJson}
        onText={(keyJson) => onChange({ keyJson })}
      />
    )
  }
  return (
    <div class="pair">
      {keyAttributes.map(({ name, type }, i) => (
        <TextField
          key={name}
          label={`${name} (${type})`}
          hint={type === 'B' ? 'As base64.' : undefined}
          value={action.key[i] ?? ''}
          onText={(value) => {
            const key = keyAttributes.map((_, at) => (at === i ? value : (action.key[at] ?? '')))
            onChange({ key })
          }}
        />
      ))}
    </div>
  )
}

interface PlaceholdersProps {
  readonly action: ActionDraft
  readonly json: string
  readonly onChange: (part: Partial<ActionDraft>) => void
}

function Placeholders({ action, json, onChange }: PlaceholdersProps) {
  const { kind, names, values, returnsOld } = action
  const valueHint = json === 'plain JSON' ? '{ ":n": 1 }' : '{ ":n": { "N": "1" } }'
  return (
    <>
      <div class="pair">
        <TextArea
          label="Names (optional)"
          hint={'What stands for #names: { "#n": "name" }'}
          rows={2}
          value={names}
          onText={(text) => onChange({ names: text })}
        />
        {kind !== 'Get' && (
          <TextArea
            label="Values (optional)"
            hint={`What stands for :values, as ${json}: ${valueHint}`}
            rows={2}
            value={values}
            onText={(text) => onChange({ values: text })}
          />
        )}
      </div>
      {kind !== 'Get' && (
        <CheckField
          label="Give the item with the reason when the condition is false"
          checked={returnsOld}
          onCheck={(checked) => onChange({ returnsOld: checked })}
        />
      )}
    </>
  )
}

function ActionButtons({ position, count, onMove, onCopy, onRemove }: ActionFieldsProps) {
  const name = `action ${position + 1}`
  return (
    <div class="actions">
      <button
        type="button"
        data-move="up"
        aria-label={`Move ${name} up`}
        disabled={position === 0}
        onClick={() => onMove(-1)}
      >
        ↑
      </button>
      <button
        type="button"
        data-move="down"
        aria-label={`Move ${name} down`}
        disabled={position === count - 1}
        onClick={() => onMove(1)}
      >
        ↓
      </button>
      <button type="button" aria-label={`Copy ${name}`} onClick={onCopy}>
        Copy
      </button>
      <button type="button" aria-label={`Remove ${name}`} disabled={count === 1} onClick={onRemove}>
        Remove
      </button>
    </div>
  )
}
