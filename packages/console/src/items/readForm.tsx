import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { CheckField, ChoiceField, Group, TextArea, TextField } from '../parts/field.tsx'
import {
  filterOperators,
  newFilter,
  operandTypes,
  sortOperators,
  type FilterDraft,
  type ReadDraft,
} from './readDraft.ts'
import { keyNamesOf, keyTypeOf } from './readInput.ts'

interface ReadFormProps {
  readonly table: TableDescription
  readonly draft: ReadDraft
  readonly onChange: (draft: ReadDraft) => void
  readonly onRun: () => void
}

/** What is read: a query or a scan, of the table or an index, with filters. */
export function ReadForm({ table, draft, onChange, onRun }: ReadFormProps) {
  const change = (part: Partial<ReadDraft>): void => onChange({ ...draft, ...part })
  const indexes = [
    ...(table.GlobalSecondaryIndexes ?? []),
    ...(table.LocalSecondaryIndexes ?? []),
  ].map(({ IndexName = '' }) => IndexName)
  return (
    <form
      class="read"
      onSubmit={(event) => {
        event.preventDefault()
        onRun()
      }}
    >
      <div class="pair">
        <ChoiceField
          label="Read by"
          value={draft.mode}
          choices={[
            ['scan', 'Scan'],
            ['query', 'Query'],
          ]}
          onChoose={(mode) => change({ mode })}
        />
        <ChoiceField
          label="Table or index"
          value={draft.index}
          choices={[['', 'The table'], ...indexes.map((name) => [name, name] as const)]}
          onChoose={(index) => change({ index })}
        />
        <TextField
          label="Items a page"
          inputMode="numeric"
          value={draft.limit}
          onText={(limit) => change({ limit })}
        />
      </div>
      {draft.mode === 'query' && <KeyCondition table={table} draft={draft} change={change} />}
      {draft.filters.map((filter, i) => (
        <FilterFields
          key={i}
          number={i + 1}
          filter={filter}
          onChange={(changed) =>
            change({
              filters: draft.filters.flatMap((each, at) => (at === i ? (changed ?? []) : each)),
            })
          }
        />
      ))}
      <CheckField
        label="Strongly consistent"
        checked={draft.isConsistent}
        onCheck={(isConsistent) => change({ isConsistent })}
      />
      <div class="actions">
        <button type="submit" class="primary">
          {draft.mode === 'scan' ? 'Scan' : 'Query'}
        </button>
        <button type="button" onClick={() => change({ filters: [...draft.filters, newFilter] })}>
          Add filter
        </button>
      </div>
    </form>
  )
}

interface KeyConditionProps {
  readonly table: TableDescription
  readonly draft: ReadDraft
  readonly change: (part: Partial<ReadDraft>) => void
}

function KeyCondition({ table, draft, change }: KeyConditionProps) {
  const { partitionKey, sortKey } = keyNamesOf(table, draft.index)
  const labelOf = (name: string): string => `${name} (${keyTypeOf(table, name)})`
  return (
    <Group legend="Key condition">
      <TextField
        label={labelOf(partitionKey)}
        value={draft.partitionValue}
        onText={(partitionValue) => change({ partitionValue })}
      />
      {sortKey !== undefined && (
        <div class="pair">
          <ChoiceField
            label={`Condition on ${sortKey}`}
            value={draft.sortOperator}
            choices={sortOperators.map((each) => [each, each] as const)}
            onChoose={(sortOperator) => change({ sortOperator })}
          />
          <TextField
            label={labelOf(sortKey)}
            hint="Empty for all."
            value={draft.sortValue}
            onText={(sortValue) => change({ sortValue })}
          />
          {draft.sortOperator === 'between' && (
            <TextField
              label={`Upper ${labelOf(sortKey)}`}
              value={draft.sortUpper}
              onText={(sortUpper) => change({ sortUpper })}
            />
          )}
        </div>
      )}
      <CheckField
        label="In descending order"
        checked={draft.isDescending}
        onCheck={(isDescending) => change({ isDescending })}
      />
    </Group>
  )
}

interface FilterFieldsProps {
  readonly number: number
  readonly filter: FilterDraft
  /** Undefined to remove it. */
  readonly onChange: (filter: FilterDraft | undefined) => void
}

const withoutValue = ['attribute_exists', 'attribute_not_exists', 'attribute_type']

function FilterFields({ number, filter, onChange }: FilterFieldsProps) {
  const { path, operator, type, value, upper } = filter
  const change = (part: Partial<FilterDraft>): void => onChange({ ...filter, ...part })
  const isLong = operator === 'in' || /^(?:SS|NS|BS|L|M)$/.test(type)
  const hint = operator === 'in' ? 'One value in a line.' : undefined
  return (
    <Group legend={`Filter ${number}`}>
      <div class="pair">
        <TextField label="Attribute" value={path} onText={(text) => change({ path: text })} />
        <ChoiceField
          label="Operator"
          value={operator}
          choices={filterOperators.map((each) => [each, each] as const)}
          onChoose={(chosen) => change({ operator: chosen })}
        />
        <ChoiceField
          label="Type"
          value={type}
          choices={operandTypes.map((each) => [each, each] as const)}
          onChoose={(chosen) => change({ type: chosen })}
        />
        {!withoutValue.includes(operator) &&
          (isLong ? (
            <TextArea
              label="Value"
              rows={2}
              hint={hint}
              value={value}
              onText={(text) => change({ value: text })}
            />
          ) : (
            <TextField label="Value" value={value} onText={(text) => change({ value: text })} />
          ))}
        {operator === 'between' && (
          <TextField label="Upper value" value={upper} onText={(text) => change({ upper: text })} />
        )}
      </div>
      <button type="button" onClick={() => onChange(undefined)}>
        Remove filter
      </button>
    </Group>
  )
}
