import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { useState } from 'preact/hooks'
import { useDraft } from '../parts/draft.ts'
import { ChoiceField, Group, TextArea, TextField } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import { toBase64 } from '../values/base64.ts'
import { toDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import { isObject, writeExactJson } from '../values/exactJson.ts'
import { operandFrom } from '../values/operand.ts'
import { operandTypes, type OperandType } from './readDraft.ts'
import { Failure } from '../parts/failure.tsx'

interface ItemFormProps {
  /** The begin of the names by which texts are kept that are no values yet. */
  readonly halfName: string
  readonly item: Item
  /** Attributes whose value cannot be changed: the key of an item that is there. */
  readonly fixed: readonly string[]
  readonly onChange: (item: Item) => void
}

/** The attributes of an item, each with its type. */
export function ItemForm({ halfName, item, fixed, onChange }: ItemFormProps) {
  const [added, setAdded] = useState('')
  const set = (name: string, value: AttributeValue | undefined): void => {
    const entries = Object.entries(item)
    const changed = entries.flatMap(([each, old]) =>
      each === name ? [] : ([[each, old]] as const),
    )
    const at = entries.findIndex(([each]) => each === name)
    if (value !== undefined) changed.splice(at === -1 ? changed.length : at, 0, [name, value])
    onChange(Object.fromEntries(changed))
  }
  return (
    <>
      {Object.entries(item).map(([name, value]) => (
        <AttributeFields
          key={name}
          halfName={halfName + name}
          name={name}
          value={value}
          isFixed={fixed.includes(name)}
          onChange={(changed) => set(name, changed)}
        />
      ))}
      <div class="pair">
        <TextField label="Name of a new attribute" value={added} onText={setAdded} />
        <div class="actions">
          <button
            type="button"
            disabled={added === '' || Object.hasOwn(item, added)}
            onClick={() => {
              set(added, { S: '' })
              setAdded('')
            }}
          >
            Add attribute
          </button>
        </div>
      </div>
    </>
  )
}

interface AttributeFieldsProps {
  readonly halfName: string
  readonly name: string
  readonly value: AttributeValue
  readonly isFixed: boolean
  readonly onChange: (value: AttributeValue | undefined) => void
}

function AttributeFields(props: AttributeFieldsProps) {
  const { halfName, name, value, isFixed, onChange } = props
  const type = typeOf(value)
  // What is no value yet stays over a reload as well, with the reason why it is none.
  const [half, setHalf, clearHalf] = useDraft<Half | undefined>(halfName, undefined)
  const [typed, setText] = useState(editText(value))
  const text = half?.text ?? typed
  function take(changedType: OperandType, changed: string): void {
    setText(changed)
    try {
      onChange(operandFrom(changedType, changed))
      clearHalf()
    } catch (error) {
      setHalf({ text: changed, failure: textOf(error) })
    }
  }
  function remove(): void {
    clearHalf()
    onChange(undefined)
  }
  const isLong = /^(?:SS|NS|BS|L|M)$/.test(type)
  const label = `Value of ${name}`
  return (
    <Group legend={name}>
      <div class="pair">
        <ChoiceField
          label={`Type of ${name}`}
          value={type}
          disabled={isFixed}
          choices={operandTypes.map((each) => [each, each] as const)}
          onChoose={(chosen) => take(chosen, emptyText[chosen] ?? text)}
        />
        {type === 'BOOL' && (
          <ChoiceField
            label={label}
            value={text}
            choices={[
              ['true', 'true'],
              ['false', 'false'],
            ]}
            onChoose={(chosen) => take('BOOL', chosen)}
          />
        )}
        {isLong && (
          <TextArea label={label} value={text} onText={(changed) => take(type, changed)} />
        )}
        {!isLong && type !== 'BOOL' && type !== 'NULL' && (
          <TextField
            label={label}
            value={text}
            disabled={isFixed}
            onText={(changed) => take(type, changed)}
          />
        )}
      </div>
      <Failure text={half?.failure} />
      {!isFixed && (
        <button type="button" aria-label={`Remove ${name}`} onClick={remove}>
          Remove
        </button>
      )}
    </Group>
  )
}

interface Half {
  readonly text: string
  readonly failure: string
}

/** What a type begins with that cannot have just any text. */
const emptyText: Partial<Record<OperandType, string>> = {
  BOOL: 'false',
  NULL: '',
  B: '',
  BS: '',
  L: '[]',
  M: '{}',
}

const typeOf = (value: AttributeValue): OperandType =>
  operandTypes.find((type) => Object.hasOwn(value, type)) ?? 'NULL'

/** The text that {@link operandFrom} makes the value of. */
function editText(value: AttributeValue): string {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return value.N
  if (value.B !== undefined) return toBase64(value.B)
  if (value.BOOL !== undefined) return String(value.BOOL)
  if (value.SS !== undefined) return value.SS.join('\n')
  if (value.NS !== undefined) return value.NS.join('\n')
  if (value.BS !== undefined) return value.BS.map(toBase64).join('\n')
  const json = toDynamodbJson(value)
  const [inner] = isObject(json) ? Object.values(json) : []
  return inner === undefined || inner === true ? '' : writeExactJson(inner)
}
