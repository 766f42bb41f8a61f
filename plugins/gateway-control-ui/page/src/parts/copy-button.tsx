import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon } from './icon.tsx'

/** Puts a text on the clipboard and says so for a moment. Where the browser has no clipboard (plain http in a LAN), it is not shown. */
export function CopyButton({ text, label }: { text: string; label: string }): JSX.Element | null {
  const done = useSignal(false)
  useEffect(() => {
    if (!done.value) return
    const timer = setTimeout(() => (done.value = false), 1600)
    return () => clearTimeout(timer)
  }, [done.value])
  if (!globalThis.navigator?.clipboard) return null
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => (done.value = true),
      () => undefined,
    )
  return (
    <button type="button" class="quiet small" onClick={copy} aria-label={done.value ? 'Copied' : label} title={label}>
      <Icon name={done.value ? 'check' : 'copy'} />
    </button>
  )
}
