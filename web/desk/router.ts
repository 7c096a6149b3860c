// The addresses of the desk; all but the first page are fetched when opened; nobody gets past the login unknown.
import { createRouter, createWebHistory } from 'vue-router'
import { session, whoAmI } from '@shared/session'
import { i18n } from '@shared/i18n'
import Tasks from './pages/Tasks.vue'
import { settings } from './settings/routes'

export const router = createRouter({
  history: createWebHistory('/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', redirect: { name: 'tasks' } },
    { path: '/login', name: 'login', component: () => import('./pages/Login.vue'), meta: { title: 'nav.login', open: true } },
    { path: '/tasks', name: 'tasks', component: Tasks, meta: { title: 'nav.tasks' } },
    { path: '/tasks/:id', name: 'task', component: () => import('./pages/TaskPage.vue'), meta: { title: 'nav.task' } },
    { path: '/red', name: 'red', component: () => import('./pages/Hazards.vue'), props: { red: true }, meta: { title: 'nav.red' } },
    { path: '/board', name: 'board', component: () => import('./pages/Board.vue'), meta: { title: 'board.title' } },
    { path: '/hazards', name: 'hazards', component: () => import('./pages/Hazards.vue'), meta: { title: 'nav.hazards' } },
    { path: '/hazards/:number', name: 'hazard', component: () => import('./pages/HazardPage.vue'), meta: { title: 'nav.hazard' } },
    { path: '/instances/:id', name: 'instance', component: () => import('./pages/InstancePage.vue'), meta: { title: 'nav.instance' } },
    { path: '/incidents', name: 'incidents', component: () => import('./pages/Incidents.vue'), meta: { title: 'nav.incidents' } },
    { path: '/definitions', name: 'definitions', component: () => import('./pages/Definitions.vue'), meta: { title: 'nav.definitions' } },
    { path: '/definitions/:key/edit', name: 'editor', component: () => import('./pages/EditorPage.vue'), meta: { title: 'nav.editor' } },
    settings,
    { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/Lost.vue'), meta: { title: 'nav.lost', open: true } },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.open && to.name !== 'login') return true
  if (!session.known) await whoAmI()
  if (session.unreached) return true
  if (to.name === 'login') return session.me ? { name: 'tasks' } : true
  if (!session.me) return { name: 'login', query: { next: to.fullPath } }
  return session.me.password_once && to.name !== 'settings-me' ? { name: 'settings-me' } : true
})

router.afterEach((to) => {
  const { t } = i18n.global
  document.title = `${to.params.number ?? t(String(to.meta.title))} · ${t('app.name')}`
})
