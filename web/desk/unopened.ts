// A page whose script could not be fetched: the network is gone, which is said, or the program was renewed since this page was opened, which the whole page is read again for.
import { ElMessage } from 'element-plus'
import type { Router } from 'vue-router'
import { i18n } from '@shared/i18n'

const FETCHING = /dynamically imported module|preload|module script/i

export function watchUnopened(router: Router): void {
  router.onError(async (error: unknown, to) => {
    if (!FETCHING.test(String(error))) return
    const reached = await fetch('/api/v1/me', { cache: 'no-store' }).then(
      () => true,
      () => false,
    )
    if (reached) window.location.assign(to.fullPath)
    else ElMessage.error(i18n.global.t('app.unopened'))
  })
}
