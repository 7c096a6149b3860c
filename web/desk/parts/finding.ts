// What a field to choose from looks for on the server while somebody types: an older answer never replaces a newer one, and what could not
// be read is not told as nothing found.
import { computed, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useLoad } from '@shared/load'
import { said } from '@shared/said'

export function useFinding<Row>(ask: (words: string) => Promise<Row[]>, none?: () => string) {
  const { t } = useI18n()
  const words = ref('')
  const list = useLoad(() => ask(words.value))
  const rows = computed(() => (list.problem ? [] : (list.value ?? [])) as Row[])
  const empty = computed(() => (list.problem ? said(list.problem.message, list.problem.en) : (none?.() ?? t('form.none_found'))))
  function find(text: string): Promise<void> {
    words.value = text
    return list.reload()
  }
  return { list, rows, empty, find }
}
