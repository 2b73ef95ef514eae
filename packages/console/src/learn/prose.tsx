/** Paragraphs of a course: blank lines are between them, and code is between backticks. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {text
        .trim()
        .split(/\n\s*\n/)
        .map((paragraph, i) => (
          <p key={i}>
            {paragraph.split('`').map((part, at) => (at % 2 === 0 ? part : <code>{part}</code>))}
          </p>
        ))}
    </>
  )
}
