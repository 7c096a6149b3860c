// Starts the desk: pages for people at a screen.
import { createApp } from 'vue'
import { i18n, locale, speak } from '@shared/i18n'
import { whenSignedOut } from '@shared/client'
import { forget } from '@shared/session'
import { watchTheme } from '@shared/theme'
import 'element-plus/theme-chalk/dark/css-vars.css'
import '@shared/base.css'
import App from './App.vue'
import { router } from './router'
import { watchUnopened } from './unopened'
import './frame.css'
import './style.css'

speak(locale())
watchTheme()
watchUnopened(router)

whenSignedOut(() => {
  forget()
  const here = router.currentRoute.value
  if (here.name !== 'login') void router.push({ name: 'login', query: { next: here.fullPath } })
})

createApp(App).use(i18n).use(router).mount('#app')
