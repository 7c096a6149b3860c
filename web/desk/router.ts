// The addresses of the desk; all but the first page are fetched when opened; nobody gets past the login unknown.
import { createRouter, createWebHistory } from 'vue-router'
import { session, whoAmI } from '@shared/session'
import { i18n } from '@shared/i18n'
import Tasks from './pages/Tasks.vue'

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
    { path: '/incidents', redirect: { name: 'incidents' } },
    {
      path: '/cockpit',
      component: () => import('./cockpit/Cockpit.vue'),
      meta: { title: 'nav.cockpit' },
      children: [
        { path: '', name: 'cockpit', component: () => import('./cockpit/Overview.vue') },
        { path: 'definitions', name: 'cockpit-definitions', component: () => import('./cockpit/DefinitionList.vue') },
        { path: 'definitions/:key', name: 'cockpit-definition', component: () => import('./cockpit/DefinitionPage.vue') },
        { path: 'instances', name: 'cockpit-instances', component: () => import('./cockpit/InstanceList.vue') },
        { path: 'instances/:id', name: 'cockpit-instance', component: () => import('./cockpit/InstanceDesk.vue') },
        { path: 'incidents', name: 'incidents', component: () => import('./cockpit/IncidentList.vue'), meta: { title: 'nav.incidents' } },
        { path: 'timers', name: 'cockpit-timers', component: () => import('./cockpit/TimerList.vue') },
        { path: 'notices', name: 'cockpit-notices', component: () => import('./cockpit/NoticeList.vue') },
        { path: 'batches', name: 'cockpit-batches', component: () => import('./cockpit/BatchList.vue') },
        { path: 'batches/:id', name: 'cockpit-batch', component: () => import('./cockpit/BatchPage.vue') },
        { path: 'migrate', name: 'cockpit-migrate', component: () => import('./cockpit/MigrationWizard.vue') },
        { path: 'audit', name: 'cockpit-audit', component: () => import('./cockpit/AuditSearch.vue') },
      ],
    },
    { path: '/definitions', name: 'definitions', component: () => import('./pages/Definitions.vue'), meta: { title: 'nav.definitions' } },
    { path: '/definitions/:key/edit', name: 'editor', component: () => import('./pages/EditorPage.vue'), meta: { title: 'nav.editor' } },
    { path: '/:rest(.*)*', name: 'lost', component: () => import('./pages/Lost.vue'), meta: { title: 'nav.lost', open: true } },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.open && to.name !== 'login') return true
  if (!session.known) await whoAmI()
  if (session.unreached) return true
  if (to.name === 'login') return session.me ? { name: 'tasks' } : true
  return session.me ? true : { name: 'login', query: { next: to.fullPath } }
})

router.afterEach((to) => {
  const { t } = i18n.global
  document.title = `${to.params.number ?? t(String(to.meta.title))} · ${t('app.name')}`
})
