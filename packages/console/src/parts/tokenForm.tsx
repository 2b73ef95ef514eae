import { useState } from 'preact/hooks'
import { TextField } from './field.tsx'

interface TokenFormProps {
  /** What the token is for, and where it comes from. */
  readonly why: string
  readonly failure?: string | undefined
  readonly onToken: (token: string) => void
}

/** Asks for the token that requests below `/_dynatom` are to bear. It goes into no storage. */
export function TokenForm({ why, failure, onToken }: TokenFormProps) {
  const [text, setText] = useState('')
  return (
    <form
      class="read"
      onSubmit={(event) => {
        event.preventDefault()
        onToken(text.trim())
      }}
    >
      <p role="status">{failure}</p>
      <TextField
        label="Control token"
        hint={`${why} It stays in this page’s memory.`}
        type="password"
        required
        value={text}
        onText={setText}
      />
      <div class="actions">
        <button type="submit" class="primary">
          Use this token
        </button>
      </div>
    </form>
  )
}
