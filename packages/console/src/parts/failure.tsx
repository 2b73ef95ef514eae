/** What has failed, as it is worded; nothing where nothing has. */
export function Failure({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null
  return (
    <p role="alert" class="failure">
      {text}
    </p>
  )
}
