import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../../app.ts'
import { Icon } from '../../parts/icon.tsx'
import { sayBytes } from '../../parts/words.ts'
import type { Conversation } from './conversation.ts'
import { openDrafts } from './drafts.ts'
import { mostFiles, readFiles, refuseFiles } from './files.ts'
import { ModelPicker } from './model-picker.tsx'

const drafts = openDrafts({
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
  removeItem: (key) => localStorage.removeItem(key),
})
const defaultRoom = 8_000_000

/** Where a message is written. Mount it anew for each session: text and files belong to one. */
export function Composer({ conversation, onSent }: { conversation: Conversation; onSent: () => void }): JSX.Element {
  const { session } = conversation
  const { outbox, gateway, attempt, tell } = useApp()
  const text = useSignal(drafts.read(session))
  const files = useSignal<readonly File[]>([])
  const dragging = useSignal(false)
  const area = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const working = conversation.running.value.size > 0
  const ready = useComputed(() => text.value.trim() !== '' || files.value.length > 0)
  const state = gateway.state.value
  const room = state.at === 'open' ? state.hello.maxFrameBytes : defaultRoom
  const open = state.at === 'open'

  useSignalEffect(() => drafts.keep(session, text.value))
  useLayoutEffect(() => fit(area.current), [text.value])
  useEffect(() => {
    // On a touch screen the keyboard would jump up.
    if (matchMedia('(pointer: fine)').matches) area.current?.focus()
  }, [])

  const add = (more: readonly File[]) => {
    const all = [...files.value, ...more]
    const refused = refuseFiles(
      all.map((file) => ({ sizeBytes: file.size })),
      room,
      sayBytes,
    )
    if (refused) tell(refused)
    else files.value = all
  }
  const stop = () => void attempt(() => gateway.call('chat.abort', { session }))
  const send = async () => {
    if (!ready.value) return
    const message = text.value.trim()
    const chosen = files.value
    await attempt(async () => {
      const attachments = await readFiles(chosen)
      text.value = ''
      files.value = []
      outbox.send({ session, message, attachments, afterSeq: conversation.lines.peek().at(-1)?.seq ?? 0 })
      onSent()
      area.current?.focus()
    })
  }
  const keys = (event: KeyboardEvent) => {
    // A key that ends the composition of a character is not the person's Enter.
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      void send()
    } else if (event.key === 'Escape' && working) {
      event.preventDefault()
      stop()
    }
  }
  const paste = (event: ClipboardEvent) => {
    const pasted = [...(event.clipboardData?.files ?? [])]
    if (pasted.length === 0) return
    event.preventDefault()
    add(pasted)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    dragging.value = false
    add([...(event.dataTransfer?.files ?? [])])
  }

  return (
    <form
      class="composer"
      data-dragging={dragging.value}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onDragOver={(event) => {
        event.preventDefault()
        dragging.value = true
      }}
      onDragLeave={() => (dragging.value = false)}
      onDrop={drop}
    >
      {files.value.length > 0 && (
        <ul class="files" aria-label="Files to send">
          {files.value.map((file, key) => (
            <li key={`${file.name}${key}`} class="file">
              <Icon name="file" />
              <span class="file-name">{file.name}</span>
              <span class="faint">{sayBytes(file.size)}</span>
              <button
                type="button"
                class="quiet small"
                aria-label={`Do not send ${file.name}`}
                onClick={() => (files.value = files.value.filter((one) => one !== file))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <textarea
        ref={area}
        rows={1}
        dir="auto"
        maxLength={1_000_000}
        aria-label="Message"
        placeholder={open ? 'Say something' : 'Say something; it is sent when the gateway is back'}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
        onKeyDown={keys}
        onPaste={paste}
      />
      <div class="composer-bar">
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            add([...(event.currentTarget.files ?? [])])
            event.currentTarget.value = ''
          }}
        />
        <button
          type="button"
          class="quiet"
          aria-label="Attach files"
          title={`Attach files, up to ${mostFiles}`}
          onClick={() => picker.current?.click()}
        >
          <Icon name="attach" />
        </button>
        <ModelPicker session={session} />
        <span class="push" />
        {working && (
          <button
            type="button"
            class="round stop"
            onClick={stop}
            aria-label="Stop"
            title="Stop (Esc)"
            aria-keyshortcuts="Escape"
          >
            <Icon name="stop" />
          </button>
        )}
        {(!working || ready.value) && (
          <button
            type="submit"
            class="round primary"
            disabled={!ready.value}
            aria-label="Send"
            title={working ? 'Send; it is answered next' : 'Send (Enter)'}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  )
}

/** Grows with its text where the browser does not do that by itself (`field-sizing: content`). */
function fit(area: HTMLTextAreaElement | null): void {
  if (!area || CSS.supports('field-sizing', 'content')) return
  area.style.height = 'auto'
  area.style.height = `${area.scrollHeight}px`
}
