import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Dialog } from '../parts/dialog.tsx'
import { draftsOf, forgetDrafts, useDraft } from '../parts/draft.ts'
import { ChoiceField, TextArea } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import type { Item } from '../values/dynamodbJson.ts'
import { ChangeList } from './changeList.tsx'
import type { AttributeChange } from './itemChange.ts'
import { ItemForm } from './itemForm.tsx'
import {
  itemFromView,
  newEdit,
  rebased,
  views,
  viewText,
  type EditDraft,
  type View,
} from './itemViews.ts'
import { Failure } from '../parts/failure.tsx'

interface ItemEditorProps {
  /** What is typed in is kept by this name until it is saved. */
  readonly draftName: string
  readonly before: Item
  /** The attributes that must stay. */
  readonly fixed: readonly string[]
  readonly saveLabel: string
  readonly changesOf: (after: Item) => readonly AttributeChange[]
  /** The way to copy the request that saves an item. */
  readonly copyOf: (after: Item) => ComponentChildren
  /** Rejects with the database's refusal. */
  readonly onSave: (after: Item) => Promise<void>
}

/** An item as a form, as DynamoDB JSON or as plain JSON; changes are shown before they are made. */
export function ItemEditor(props: ItemEditorProps) {
  const { draftName, before, fixed, saveLabel, changesOf, copyOf, onSave } = props
  const { draft, setDraft, halfName, round, discard } = useEdit(draftName, before)
  const [failure, setFailure] = useState<string>()
  const [toSave, setToSave] = useState<Item>()
  const { view, text } = draft
  /** Does something with the item that is typed in, or says why it is none. */
  function withItem(perform: (item: Item) => void): void {
    try {
      if (view === 'form') refuseHalf(halfName)
      perform(itemFromView(view, text, before))
      setFailure(undefined)
    } catch (error) {
      setFailure(textOf(error))
    }
  }
  const show = (chosen: View): void =>
    withItem((item) => setDraft({ ...draft, view: chosen, text: viewText(chosen, item) }))
  function check(item: Item): void {
    const moved = fixed.find(
      (name) => viewText('dynamodb', pick(item, name)) !== viewText('dynamodb', pick(before, name)),
    )
    if (moved !== undefined) throw new Error(`The key attribute ${moved} cannot be changed.`)
    if (changesOf(item).length === 0) throw new Error('Nothing was changed.')
    setToSave(item)
  }
  return (
    <form
      class="read"
      onSubmit={(event) => {
        event.preventDefault()
        withItem(check)
      }}
    >
      <ChoiceField label="View" value={view} choices={views} onChoose={show} />
      <EditorText
        key={round}
        {...draft}
        halfName={halfName}
        fixed={fixed}
        onText={(changed) => setDraft({ ...draft, text: changed })}
      />
      <Failure text={failure} />
      <div class="actions">
        <button type="submit" class="primary">
          {saveLabel}…
        </button>
        <button type="button" onClick={discard}>
          Discard changes
        </button>
      </div>
      {toSave !== undefined && (
        <ConfirmSave
          changes={changesOf(toSave)}
          label={saveLabel}
          copy={copyOf(toSave)}
          onClose={() => setToSave(undefined)}
          onSave={async () => {
            await onSave(toSave)
            discard()
          }}
        />
      )}
    </form>
  )
}

/** What is typed in, over a reload as well; fields are drawn anew in each round. */
function useEdit(draftName: string, before: Item) {
  const [kept, setDraft, clearDraft] = useDraft(draftName, newEdit(before))
  const [round, setRound] = useState(0)
  /** The begin of the names of texts that are no values yet. */
  const halfName = `half:${draftName}:`
  function discard(): void {
    forgetDrafts(halfName)
    clearDraft()
    setRound(round + 1)
  }
  return { draft: rebased(kept, before), setDraft, halfName, round, discard }
}

/** Fails where something is typed into the form that is no value yet. */
function refuseHalf(halfName: string): void {
  const [name] = draftsOf(halfName)
  if (name !== undefined) throw new Error(`What is typed for ${name} is no value yet.`)
}

const pick = (item: Item, name: string): Item => (item[name] ? { [name]: item[name] } : {})

interface EditorTextProps extends Pick<EditDraft, 'view' | 'text'> {
  readonly halfName: string
  readonly fixed: readonly string[]
  readonly onText: (text: string) => void
}

function EditorText({ halfName, view, text, fixed, onText }: EditorTextProps) {
  if (view === 'form') {
    const item = itemFromView('form', text, {})
    const take = (changed: Item): void => onText(viewText('form', changed))
    return <ItemForm halfName={halfName} item={item} fixed={fixed} onChange={take} />
  }
  const isPlain = view === 'plain'
  return (
    <TextArea
      label={isPlain ? 'Plain JSON' : 'DynamoDB JSON'}
      hint={isPlain ? 'Sets and bytes that are there stay sets and bytes.' : undefined}
      rows={16}
      value={text}
      onText={onText}
    />
  )
}

interface ConfirmSaveProps {
  readonly changes: readonly AttributeChange[]
  readonly label: string
  readonly copy: ComponentChildren
  readonly onClose: () => void
  readonly onSave: () => Promise<void>
}

function ConfirmSave({ changes, label, copy, onClose, onSave }: ConfirmSaveProps) {
  const [failure, setFailure] = useState<string>()
  async function save(): Promise<void> {
    try {
      await onSave()
      onClose()
    } catch (error) {
      setFailure(refusalOf(error))
    }
  }
  return (
    <Dialog title="What will change" onClose={onClose}>
      <ChangeList changes={changes} />
      <Failure text={failure} />
      <div class="actions">
        <button type="button" class="primary" onClick={() => void save()}>
          {label}
        </button>
        {copy}
        <button type="button" onClick={onClose}>
          Back
        </button>
      </div>
    </Dialog>
  )
}

function refusalOf(error: unknown): string {
  if (error instanceof Error && error.name === 'ConditionalCheckFailedException') {
    return 'Not saved: somebody has changed the item since it was read. Read it again.'
  }
  return textOf(error)
}
