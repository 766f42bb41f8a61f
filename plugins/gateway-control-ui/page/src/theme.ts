import { effect, type Signal, signal } from '@preact/signals'

/** How the page looks: as the system does, or as was chosen. */
export type Theme = 'system' | 'light' | 'dark'
const place = 'openclaw.theme'
const themes: readonly Theme[] = ['system', 'light', 'dark']

/** The chosen theme, kept in this browser and shown as `data-theme` of the root element. */
export function openTheme(): Signal<Theme> {
  const theme = signal<Theme>(themes.find((one) => one === read()) ?? 'system')
  effect(() => {
    document.documentElement.dataset['theme'] = theme.value
    try {
      localStorage.setItem(place, theme.value)
    } catch {
      // A browser that keeps nothing asks again next time.
    }
  })
  return theme
}

/** The theme after this one. */
export function nextTheme(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
}

function read(): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}
