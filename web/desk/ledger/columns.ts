// Which columns of the ledger this device shows, in which order; the red list keeps its own.
import { ref, watch, type Ref } from 'vue'
import { COLUMNS, USUAL, USUAL_RED, type Column } from './choices'

const known = (names: unknown): Column[] => (Array.isArray(names) ? [...new Set(names)].filter((name): name is Column => COLUMNS.includes(name as Column)) : [])

function kept(key: string): Column[] {
  try {
    return known(JSON.parse(localStorage.getItem(key) ?? '[]'))
  } catch {
    return []
  }
}

export function useColumns(red: boolean): { columns: Ref<Column[]>; usual: () => void } {
  const key = red ? 'bihuan.red.columns' : 'bihuan.ledger.columns'
  const first = red ? USUAL_RED : USUAL
  const found = kept(key)
  const columns = ref<Column[]>(found.length ? found : [...first])
  watch(columns, (names) => {
    try {
      localStorage.setItem(key, JSON.stringify(names))
    } catch {
      // A private window keeps nothing; the choice then holds until the page is closed.
    }
  })
  return { columns, usual: () => (columns.value = [...first]) }
}
