// Which columns of the ledger this person looks at, in which order, on whatever device; the red list has its own.
import { computed, onMounted, ref, type Ref } from 'vue'
import { ElMessage } from 'element-plus'
import { useI18n } from 'vue-i18n'
import { get, post } from '@shared/client'
import { useLoad } from '@shared/load'
import type { Answer, Page } from '@shared/types'
import { COLUMNS, USUAL, USUAL_RED, type Column } from './choices'

const known = (names: string[]): Column[] => [...new Set(names)].filter((name): name is Column => COLUMNS.includes(name as Column))

/** `ready` once it is known what was chosen: before, a list would be shown in the usual columns and then change. */
export function useColumns(red: boolean): { columns: Ref<Column[]>; ready: Ref<boolean>; choose: (names: Column[]) => void; usual: () => void } {
  const { t } = useI18n()
  const list = red ? 'red' : 'ledger'
  const first = red ? USUAL_RED : USUAL
  const columns = ref<Column[]>([...first])
  const kept = useLoad(async () => {
    const { items } = await get<Page<Answer<'Columns'>>>('/ledger/columns')
    const chosen = known(items.find((one) => one.list === list)?.columns ?? [])
    if (chosen.length) columns.value = chosen
    return chosen
  })
  const ready = computed(() => Boolean(kept.value ?? kept.problem))

  function keep(shown: Column[], chosen: Column[]): void {
    columns.value = shown
    post(`/ledger/columns/${list}`, { columns: chosen }).catch(() => ElMessage.warning(t('ledger.columns_lost')))
  }

  onMounted(kept.reload)
  return { columns, ready, choose: (names) => keep(names, names), usual: () => keep([...first], []) }
}
