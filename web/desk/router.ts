// The addresses of the desk; all but the first page are fetched when opened; nobody gets past the login unknown.
import { createRouter, createWebHistory } from 'vue-router'
import { session, whoAmI } from '@shared/session'
import { i18n } from '@shared/i18n'
import Tasks from './pages/Tasks.vue'
import { settings } from './settings/routes'

export const router = createRouter({
  history: createWebHistory('/'),
  scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 }),
  routes: [
    { path: '/', redirect: { name: 'tasks' } },
    { path: '/login', name: 'login', component: () => import('./pages/Login.vue'), meta: { title: 'nav.login', open: true } },
    { path: '/tasks', name: 'tasks', component: Tasks, meta: { title: 'nav.tasks' } },
    { path: '/tasks/:id', name: 'task', component: () => import('./pages/TaskPage.vue'), meta: { title: 'nav.task' } },
    { path: '/red', name: 'red', component: () => import('./ledger/LedgerPage.vue'), props: { red: true }, meta: { title: 'nav.red' } },
    { path: '/hazards', name: 'hazards', component: () => import('./ledger/LedgerPage.vue'), meta: { title: 'nav.hazards' } },
    { path: '/hazards/:number', name: 'hazard', component: () => import('./ledger/HazardPage.vue'), meta: { title: 'nav.hazard' } },
    { path: '/deferrals', name: 'deferrals', component: () => import('./ledger/Deferrals.vue'), meta: { title: 'deferral.title', ledger: true } },
    { path: '/unit-listings', name: 'unit-listings', component: () => import('./ledger/UnitListings.vue'), meta: { title: 'unit_listing.title', ledger: true } },
    { path: '/unit-listings/:number', name: 'unit-listing', component: () => import('./ledger/UnitListingPage.vue'), meta: { title: 'unit_listing.title', ledger: true } },
    { path: '/notices', name: 'notices', component: () => import('./notices/Notices.vue'), meta: { title: 'notice.title' } },
    { path: '/board', name: 'board', component: () => import('./boards/Today.vue'), meta: { title: 'boards.page.board', page: 'board' } },
    { path: '/board/lines/:of', name: 'lines', component: () => import('./boards/Lines.vue'), meta: { title: 'nav.board', page: 'board' } },
    { path: '/board/lamps', name: 'lamps', component: () => import('./boards/Lamps.vue'), meta: { title: 'board.title', page: 'lamps' } },
    { path: '/board/map', name: 'map', component: () => import('./boards/MapPage.vue'), meta: { title: 'boards.page.map', page: 'map' } },
    { path: '/board/trends', name: 'trends', component: () => import('./boards/Trends.vue'), meta: { title: 'boards.page.trends', page: 'trends' } },
    { path: '/leader', name: 'leader', component: () => import('./boards/Leader.vue'), meta: { title: 'boards.page.leader', page: 'leader' } },
    { path: '/campaigns', name: 'campaigns', component: () => import('./campaigns/Campaigns.vue'), meta: { title: 'boards.page.campaigns', page: 'campaigns' } },
    { path: '/campaigns/new', name: 'campaign-new', component: () => import('./campaigns/CampaignNew.vue'), meta: { title: 'campaigns.new', page: 'campaigns' } },
    { path: '/campaigns/:number', name: 'campaign', component: () => import('./campaigns/CampaignPage.vue'), meta: { title: 'nav.campaign', page: 'campaigns' } },
    { path: '/plan', name: 'plan', component: () => import('./campaigns/Plan.vue'), meta: { title: 'boards.page.plan', page: 'plan' } },
    { path: '/plan/milestones/:id', name: 'milestone', component: () => import('./campaigns/MilestonePage.vue'), meta: { title: 'nav.milestone', page: 'plan' } },
    { path: '/duties', name: 'duties', component: () => import('./duties/Duties.vue'), meta: { title: 'boards.page.duties', page: 'duties' } },
    { path: '/duties/:id', name: 'duty', component: () => import('./duties/DutyPage.vue'), meta: { title: 'nav.duty', page: 'duties' } },
    { path: '/reports', name: 'reports', component: () => import('./reports/Reports.vue'), meta: { title: 'boards.page.reports', page: 'reports' } },
    { path: '/reports/snapshots/:id', name: 'snapshot', component: () => import('./reports/ReportPage.vue'), meta: { title: 'nav.report', page: 'reports' } },
    { path: '/reports/:form', name: 'report', component: () => import('./reports/ReportPage.vue'), meta: { title: 'nav.report', page: 'reports' } },
    { path: '/reports/:form/records', name: 'figure', component: () => import('./reports/FigureRecords.vue'), meta: { title: 'nav.figure', page: 'reports' } },
    { path: '/visits', name: 'visits', component: () => import('./visits/Visits.vue'), meta: { title: 'visits.title', walk: 'visits' } },
    { path: '/visits/new', name: 'visit-new', component: () => import('./visits/NewVisit.vue'), meta: { title: 'visits.new', walk: 'visits' } },
    { path: '/visits/:id(\\d+)', name: 'visit', component: () => import('./visits/VisitPage.vue'), meta: { title: 'visits.title', walk: 'visits' } },
    { path: '/patrol', name: 'patrol', component: () => import('./visits/Patrol.vue'), meta: { title: 'patrol.title', walk: 'patrol' } },
    { path: '/draws', name: 'draws', component: () => import('./visits/Draws.vue'), meta: { title: 'draws.title', walk: 'draws' } },
    { path: '/draws/new', name: 'draw-new', component: () => import('./visits/NewDraw.vue'), meta: { title: 'draws.new', walk: 'draws' } },
    { path: '/draws/:number', name: 'draw', component: () => import('./visits/DrawPage.vue'), meta: { title: 'draws.title', walk: 'draws' } },
    { path: '/pictures', name: 'pictures', component: () => import('./visits/Pictures.vue'), meta: { title: 'pictures.title', walk: 'pictures' } },
    { path: '/inbox', name: 'inbox', component: () => import('./inbox/InboxPage.vue'), meta: { title: 'inbox.title' } },
    { path: '/transfers/:number', name: 'transfer', component: () => import('./inbox/TransferPage.vue'), meta: { title: 'transfer.title' } },
    { path: '/requests/:id', name: 'request', component: () => import('./inbox/PaperPage.vue'), props: { kind: 'request' }, meta: { title: 'seizure.request' } },
    { path: '/letters/:id', name: 'letter', component: () => import('./inbox/PaperPage.vue'), props: { kind: 'letter' }, meta: { title: 'seizure.letter' } },
    { path: '/measures/:id', name: 'measure', component: () => import('./inbox/MeasurePage.vue'), meta: { title: 'seizure.measure' } },
    { path: '/court-cases/:number', name: 'court-case', component: () => import('./inbox/CourtPage.vue'), meta: { title: 'court.title' } },
    { path: '/crime-cases/:number', name: 'crime-case', component: () => import('./inbox/CrimePage.vue'), meta: { title: 'crime.title' } },
    { path: '/documents', name: 'documents', component: () => import('./inbox/DocumentsPage.vue'), meta: { title: 'papers.title' } },
    { path: '/documents/:id', name: 'document', component: () => import('./inbox/DocumentPage.vue'), meta: { title: 'papers.document' } },
    { path: '/number-registers', name: 'registers', component: () => import('./inbox/RegistersPage.vue'), meta: { title: 'papers.registers' } },
    { path: '/instances/:id', name: 'instance', component: () => import('./pages/InstancePage.vue'), meta: { title: 'nav.instance' } },
    { path: '/incidents', redirect: { name: 'incidents' } },
    {
      path: '/cockpit',
      component: () => import('./cockpit/Cockpit.vue'),
      meta: { title: 'nav.cockpit' },
      children: [
        { path: '', name: 'cockpit', component: () => import('./cockpit/Overview.vue'), meta: { title: 'cockpit.nav.cockpit', of: 'nav.cockpit' } },
        { path: 'definitions', name: 'cockpit-definitions', component: () => import('./cockpit/DefinitionList.vue'), meta: { title: 'cockpit.nav.cockpit-definitions', of: 'nav.cockpit' } },
        { path: 'definitions/:key', name: 'cockpit-definition', component: () => import('./cockpit/DefinitionPage.vue'), meta: { title: 'cockpit.title.definition', of: 'nav.cockpit' } },
        { path: 'instances', name: 'cockpit-instances', component: () => import('./cockpit/InstanceList.vue'), meta: { title: 'cockpit.nav.cockpit-instances', of: 'nav.cockpit' } },
        { path: 'instances/:id', name: 'cockpit-instance', component: () => import('./cockpit/InstanceDesk.vue'), meta: { title: 'cockpit.title.instance', of: 'nav.cockpit' } },
        { path: 'incidents', name: 'incidents', component: () => import('./cockpit/IncidentList.vue'), meta: { title: 'cockpit.nav.incidents', of: 'nav.cockpit' } },
        { path: 'timers', name: 'cockpit-timers', component: () => import('./cockpit/TimerList.vue'), meta: { title: 'cockpit.nav.cockpit-timers', of: 'nav.cockpit' } },
        { path: 'messages', name: 'cockpit-messages', component: () => import('./cockpit/MessageList.vue'), meta: { title: 'cockpit.nav.cockpit-messages', of: 'nav.cockpit' } },
        { path: 'notices', name: 'cockpit-notices', component: () => import('./cockpit/NoticeList.vue'), meta: { title: 'cockpit.nav.cockpit-notices', of: 'nav.cockpit' } },
        { path: 'batches', name: 'cockpit-batches', component: () => import('./cockpit/BatchList.vue'), meta: { title: 'cockpit.nav.cockpit-batches', of: 'nav.cockpit' } },
        { path: 'batches/:id', name: 'cockpit-batch', component: () => import('./cockpit/BatchPage.vue'), meta: { title: 'cockpit.title.batch', of: 'nav.cockpit' } },
        { path: 'migrate', name: 'cockpit-migrate', component: () => import('./cockpit/MigrationWizard.vue'), meta: { title: 'cockpit.migrate.title', of: 'nav.cockpit' } },
        { path: 'audit', name: 'cockpit-audit', component: () => import('./cockpit/AuditSearch.vue'), meta: { title: 'cockpit.nav.cockpit-audit', of: 'nav.cockpit' } },
        { path: 'audit/registers', name: 'cockpit-registers', component: () => import('./cockpit/RegisterSearch.vue'), meta: { title: 'cockpit.title.registers', of: 'nav.cockpit' } },
      ],
    },
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
  const names = [String(to.params.number ?? t(String(to.meta.title))), ...(to.meta.of ? [t(String(to.meta.of))] : []), t('app.name')]
  document.title = names.join(' · ')
})
