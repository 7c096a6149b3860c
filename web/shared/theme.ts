// Light or dark: as the device says, or as chosen on it. Paper is always light: diagrams, and what is printed.
import { ref } from 'vue'

export type Theme = 'auto' | 'light' | 'dark'
export const THEMES: Theme[] = ['auto', 'light', 'dark']
const KEPT = 'bihuan.theme'
const night = window.matchMedia('(prefers-color-scheme: dark)')

function kept(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEPT)) ?? 'auto'
  } catch {
    return 'auto'
  }
}

export const theme = ref(kept())

function show(): void {
  const dark = theme.value === 'dark' || (theme.value === 'auto' && night.matches)
  document.documentElement.classList.toggle('dark', dark)
  document.documentElement.classList.toggle('van-theme-dark', dark)
}

/** Choose, and remember it on this device. */
export function dress(chosen: Theme): void {
  theme.value = chosen
  show()
  try {
    localStorage.setItem(KEPT, chosen)
  } catch {
    // A private window keeps nothing; the choice then holds until the page is closed.
  }
}

export function watchTheme(): void {
  night.addEventListener('change', show)
  show()
}
