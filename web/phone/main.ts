// Starts the phone pages: for people standing in front of the hazard.
import { createApp } from 'vue'
import { i18n, locale, speak } from '@shared/i18n'
import { whenSignedOut } from '@shared/client'
import { forget } from '@shared/session'
import { watchTheme } from '@shared/theme'
import '@shared/base.css'
import App from './App.vue'
import { workOffline } from './offline/kept'
import { router } from './router'
import './vant'
import './style.css'

speak(locale())
watchTheme()
workOffline()

whenSignedOut(() => {
  forget()
  const here = router.currentRoute.value
  if (here.name !== 'login') void router.push({ name: 'login', query: { next: here.fullPath } })
})

createApp(App).use(i18n).use(router).mount('#app')
