/** The heads of a table's columns. */
export function ColumnHeads({ names }: { readonly names: readonly string[] }) {
  return (
    <>
      {names.map((name) => (
        <th key={name} scope="col">
          {name}
        </th>
      ))}
    </>
  )
}
