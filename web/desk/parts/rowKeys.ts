// Walking a list with the keyboard: j and k move the focus from row to row (Enter then opens), other keys act on the row in focus.
import { onBeforeUnmount, onMounted, type Ref } from 'vue'

type Act = (row: number) => unknown

const writing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && (target as HTMLInputElement).type !== 'checkbox')

/** Rows are the elements with `data-row` inside `place`: one focusable element each. `always` acts also without a row in focus. */
export function useRowKeys(place: Ref<HTMLElement | undefined>, acts: Record<string, Act>, always: Record<string, Act> = {}): void {
  function pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || document.querySelector('.el-overlay:not([style*="display: none"])')) return
    const rows = [...(place.value?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const now = rows.findIndex((row) => row.closest('tr')?.contains(document.activeElement))
    if (event.key === 'j' || event.key === 'k') {
      const next = event.key === 'j' ? Math.min(now + 1, rows.length - 1) : Math.max(now - 1, 0)
      rows[next]?.focus()
    } else if (always[event.key]) always[event.key]!(now)
    else if (acts[event.key] && (now >= 0 || event.key === '/')) acts[event.key]!(now)
    else return
    event.preventDefault()
  }
  onMounted(() => window.addEventListener('keydown', pressed))
  onBeforeUnmount(() => window.removeEventListener('keydown', pressed))
}
