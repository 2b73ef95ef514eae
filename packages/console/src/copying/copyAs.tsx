import { useState } from 'preact/hooks'
import type { Connection } from '../database/connection.ts'
import { Dialog } from '../parts/dialog.tsx'
import { ChoiceField, TextArea } from '../parts/field.tsx'
import { textOf } from '../parts/notices.tsx'
import { awsCliText } from './awsCli.ts'
import { boto3Text } from './boto3.ts'
import type { CopiedRequest, Place } from './copiedRequest.ts'
import { sdkV3Text } from './sdkV3.ts'
import { Failure } from '../parts/failure.tsx'

type Language = 'cli' | 'sdk' | 'boto3' | 'client'

const languages: readonly (readonly [Language, string])[] = [
  ['cli', 'AWS CLI'],
  ['sdk', 'SDK v3'],
  ['boto3', 'boto3'],
  ['client', '@dynatom/client'],
]

interface CopyAsProps {
  readonly connection: Connection
  /** What is copied. Throws for what is typed in and no request. */
  readonly request: () => CopiedRequest
  /** The same with `@dynatom/client`. */
  readonly typedText: (place: Place) => string
  /** What the button says when there is more than one on a page. */
  readonly label?: string
}

/** Shows a request of the page as a program of somebody's own, to be copied. */
export function CopyAs({ connection, request, typedText, label = 'Copy as…' }: CopyAsProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {label}
      </button>
      {isOpen && (
        <CopyDialog
          textIn={(language) => {
            const place = placeOf(connection)
            if (language === 'client') return typedText(place)
            return texts[language](request(), place)
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  )
}

const texts = { cli: awsCliText, sdk: sdkV3Text, boto3: boto3Text }

function placeOf({ about, namespace }: Connection): Place {
  const anyKey = namespace === undefined ? 'local' : `dynatom-${namespace}`
  return {
    endpoint: location.origin,
    region: about.region,
    accessKeyId: about.needsKeys ? undefined : anyKey,
  }
}

interface CopyDialogProps {
  readonly textIn: (language: Language) => string
  readonly onClose: () => void
}

function CopyDialog({ textIn, onClose }: CopyDialogProps) {
  const [language, setLanguage] = useState<Language>('cli')
  const [told, setTold] = useState('')
  const { text, failure } = textOrFailure(() => textIn(language))
  return (
    <Dialog title="Copy as" onClose={onClose}>
      <ChoiceField label="Language" value={language} choices={languages} onChoose={setLanguage} />
      <Failure text={failure} />
      {text !== undefined && (
        <>
          <TextArea label="Program" rows={14} value={text} onText={() => undefined} isReadOnly />
          <div class="actions">
            <button type="button" class="primary" onClick={() => void copied(text).then(setTold)}>
              Copy
            </button>
            <span role="status">{told}</span>
          </div>
        </>
      )}
    </Dialog>
  )
}

function textOrFailure(make: () => string): { text?: string; failure?: string } {
  try {
    return { text: make() }
  } catch (error) {
    return { failure: textOf(error) }
  }
}

/**
 * Copies a text and says so. Pages that came neither over TLS nor from this machine may not write
 * to the clipboard.
 */
async function copied(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text)
    return 'Copied.'
  } catch {
    return 'The browser does not let this page copy: select the text and copy it.'
  }
}
