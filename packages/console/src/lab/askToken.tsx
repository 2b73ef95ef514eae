import { useState } from 'preact/hooks'
import { TextField } from '../parts/field.tsx'

interface AskTokenProps {
  readonly failure: string | undefined
  readonly onToken: (token: string) => void
}

/** Asks for the token that the lab is to be asked with. It goes into no storage. */
export function AskToken({ failure, onToken }: AskTokenProps) {
  const [token, setToken] = useState('')
  return (
    <form
      class="read"
      onSubmit={(event) => {
        event.preventDefault()
        onToken(token)
      }}
    >
      <p>
        The lab can change everything, so this server wants a token for it, which is in the file
        that <code>--control-token-file</code> names. It stays in this page’s memory.
      </p>
      <p role="status">{failure}</p>
      <TextField label="Control token" type="password" required value={token} onText={setToken} />
      <div class="actions">
        <button type="submit" class="primary">
          Use this token
        </button>
      </div>
    </form>
  )
}
