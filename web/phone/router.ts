// The addresses of the phone pages, all small enough to come at once: the next tap must not wait for the network. Those for
// anybody without an account come when opened: a visitor's phone fetches one page.
import { createRouter, createWebHistory } from 'vue-router'
import { i18n } from '@shared/i18n'
import { session, whoAmI } from '@shared/session'
import HazardPage from './pages/HazardPage.vue'
import Login from './pages/Login.vue'
import Me from './pages/Me.vue'
import MyList from './pages/MyList.vue'
import Password from './pages/Password.vue'
import Register from './pages/Register.vue'
import TaskPage from './pages/TaskPage.vue'
import SetOut from './visits/SetOut.vue'
import SetOutTo from './visits/SetOutTo.vue'
import SheetPage from './visits/SheetPage.vue'
import VisitPage from './visits/VisitPage.vue'
import Visits from './visits/Visits.vue'

export const router = createRouter({
  history: createWebHistory('/m/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', name: 'list', component: MyList, meta: { title: 'phone.list_title', tab: true } },
    { path: '/login', name: 'login', component: Login, meta: { title: 'nav.login', open: true } },
    { path: '/register', name: 'register', component: Register, meta: { title: 'register.title' } },
    { path: '/tasks/:id', name: 'task', component: TaskPage, meta: { title: 'nav.task' } },
    { path: '/hazards/:number', name: 'hazard', component: HazardPage, meta: { title: 'nav.hazard' } },
    { path: '/visits', name: 'visits', component: Visits, meta: { title: 'walk.title', tab: true } },
    { path: '/visits/new', name: 'set-out', component: SetOut, meta: { title: 'walk.set_out' } },
    { path: '/visits/new/:place', name: 'set-out-to', component: SetOutTo, meta: { title: 'walk.set_out' } },
    { path: '/visits/:id(\\d+)', name: 'visit', component: VisitPage, meta: { title: 'walk.visit' } },
    { path: '/visits/:id(\\d+)/checklists/:key', name: 'sheet', component: SheetPage, meta: { title: 'walk.sheet' } },
    { path: '/me', name: 'me', component: Me, meta: { title: 'nav.me', tab: true } },
    { path: '/password', name: 'password', component: Password, meta: { title: 'settings.me.password' } },
    { path: '/d/:code', name: 'document', component: () => import('./open/DocumentPage.vue'), meta: { title: 'open.document', anybody: true } },
    { path: '/s/:code', name: 'sign', component: () => import('./open/SignPage.vue'), meta: { title: 'open.sign', open: true, anybody: true } },
    { path: '/report', name: 'report', component: () => import('./open/ReportPage.vue'), meta: { title: 'open.report', anybody: true } },
    { path: '/report/follow', name: 'follow', component: () => import('./open/FollowPage.vue'), meta: { title: 'open.follow_title', anybody: true } },
    { path: '/:rest(.*)*', redirect: { name: 'list' } },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.anybody && !to.meta.open) return true
  if (!session.known) await whoAmI()
  if (session.unreached) return true
  if (to.name === 'login') return session.me ? { name: 'list' } : true
  if (!session.me) return to.meta.open ? true : { name: 'login', query: { next: to.fullPath } }
  return session.me.password_once && to.name !== 'password' ? { name: 'password', query: { next: to.fullPath } } : true
})

router.afterEach((to) => {
  const { t } = i18n.global
  document.title = `${t(String(to.meta.title))} · ${t('app.name')}`
})
