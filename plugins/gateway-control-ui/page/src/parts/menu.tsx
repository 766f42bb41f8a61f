import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'

/** One line of a menu. */
export interface MenuItem {
  readonly label: string
  readonly icon?: ComponentChildren
  readonly danger?: boolean
  act(): void
}

/** A button that opens a list of actions: arrows move, Escape closes and gives the focus back. */
export function Menu({
  label,
  items,
  children,
}: {
  label: string
  items: readonly MenuItem[]
  children: ComponentChildren
}): JSX.Element {
  const open = useSignal(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useDismiss(root, open.value, () => (open.value = false))
  useLayoutEffect(() => {
    if (open.value) root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus()
  }, [open.value])
  const keys = (event: KeyboardEvent) => {
    const all = [...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (to === undefined || !open.value) return
    event.preventDefault()
    all.at(to % all.length)?.focus()
  }
  const choose = (item: MenuItem) => {
    open.value = false
    button.current?.focus()
    item.act()
  }
  return (
    <div class="menu" ref={root} onKeyDown={keys}>
      <button
        ref={button}
        type="button"
        class="quiet small"
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-label={label}
        title={label}
        onClick={() => (open.value = !open.value)}
      >
        {children}
      </button>
      {open.value && (
        <ul class="popup" role="menu" tabIndex={-1} aria-label={label}>
          {items.map((item) => (
            <li key={item.label} role="none">
              <button
                type="button"
                role="menuitem"
                tabIndex={-1}
                class={item.danger ? 'danger' : undefined}
                onClick={() => choose(item)}
              >
                {item.icon}
                {item.label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** Closes something that lies above the page when the person turns elsewhere. */
export function useDismiss(root: { readonly current: HTMLElement | null }, open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return
    const away = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) close()
    }
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      close()
      root.current?.querySelector<HTMLElement>('button')?.focus()
    }
    document.addEventListener('pointerdown', away)
    document.addEventListener('focusin', away)
    document.addEventListener('keydown', escape, true)
    return () => {
      document.removeEventListener('pointerdown', away)
      document.removeEventListener('focusin', away)
      document.removeEventListener('keydown', escape, true)
    }
  }, [open])
}
