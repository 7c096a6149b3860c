// The short words for units of time in the language of the page.
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

export function useUnits() {
  const { t } = useI18n()
  return computed(() => ({ s: t('cockpit.unit.s'), min: t('cockpit.unit.min'), h: t('cockpit.unit.h'), d: t('cockpit.unit.d') }))
}
