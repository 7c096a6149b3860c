// The addresses of the phone pages, all small enough to come at once: the next tap must not wait for the network.
import { createRouter, createWebHistory } from 'vue-router'
import { i18n } from '@shared/i18n'
import { session, whoAmI } from '@shared/session'
import HazardPage from './pages/HazardPage.vue'
import Login from './pages/Login.vue'
import Me from './pages/Me.vue'
import MyList from './pages/MyList.vue'
import Register from './pages/Register.vue'
import TaskPage from './pages/TaskPage.vue'

export const router = createRouter({
  history: createWebHistory('/m/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', name: 'list', component: MyList, meta: { title: 'phone.list_title', tab: true } },
    { path: '/login', name: 'login', component: Login, meta: { title: 'nav.login', open: true } },
    { path: '/register', name: 'register', component: Register, meta: { title: 'register.title' } },
    { path: '/tasks/:id', name: 'task', component: TaskPage, meta: { title: 'nav.task' } },
    { path: '/hazards/:number', name: 'hazard', component: HazardPage, meta: { title: 'nav.hazard' } },
    { path: '/me', name: 'me', component: Me, meta: { title: 'nav.me', tab: true } },
    { path: '/:rest(.*)*', redirect: { name: 'list' } },
  ],
})

router.beforeEach(async (to) => {
  if (!session.known) await whoAmI()
  if (session.unreached) return true
  if (to.name === 'login') return session.me ? { name: 'list' } : true
  return session.me || to.meta.open ? true : { name: 'login', query: { next: to.fullPath } }
})

router.afterEach((to) => {
  const { t } = i18n.global
  document.title = `${t(String(to.meta.title))} · ${t('app.name')}`
})
