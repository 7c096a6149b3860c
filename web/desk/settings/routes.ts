// The addresses of the settings, one page each, fetched when opened.
import type { RouteRecordRaw } from 'vue-router'

const meta = (title: string) => ({ title: `settings.part.${title}` })

export const settings: RouteRecordRaw = {
  path: '/settings',
  component: () => import('./Settings.vue'),
  children: [
    { path: '', name: 'settings', redirect: { name: 'settings-me' } },
    { path: 'me', name: 'settings-me', component: () => import('./Me.vue'), meta: meta('me') },
    { path: 'substitutions', name: 'settings-substitutions', component: () => import('./Substitutions.vue'), meta: meta('substitutions') },
    { path: 'units/:code?', name: 'settings-units', component: () => import('./Units.vue'), meta: meta('units') },
    { path: 'people', name: 'settings-people', component: () => import('./People.vue'), meta: meta('people') },
    { path: 'people/:name', name: 'settings-person', component: () => import('./PersonPage.vue'), meta: meta('people') },
    { path: 'places', name: 'settings-places', component: () => import('./Places.vue'), meta: meta('places') },
    { path: 'places/:id', name: 'settings-place', component: () => import('./PlacePage.vue'), meta: meta('places') },
    { path: 'gaps', name: 'settings-gaps', component: () => import('./Gaps.vue'), meta: meta('gaps') },
    { path: 'imports', name: 'settings-imports', component: () => import('./Imports.vue'), meta: meta('imports') },
    { path: 'imports/:id', name: 'settings-import', component: () => import('./ImportPage.vue'), meta: meta('imports') },
    { path: 'codes', name: 'settings-codes', component: () => import('./Codes.vue'), meta: meta('codes') },
    { path: 'codes/:code', name: 'settings-code', component: () => import('./CodePage.vue'), meta: meta('codes') },
    { path: 'checklists', name: 'settings-checklists', component: () => import('./Checklists.vue'), meta: meta('checklists') },
    { path: 'checklists/:key', name: 'settings-checklist', component: () => import('./ChecklistPage.vue'), meta: meta('checklists') },
    { path: 'calendars', name: 'settings-calendars', component: () => import('./Calendars.vue'), meta: meta('calendars') },
    { path: 'calendars/:year(\\d{4})', name: 'settings-calendar', component: () => import('./CalendarPage.vue'), meta: meta('calendars') },
    { path: 'powers', name: 'settings-powers', component: () => import('./Powers.vue'), meta: meta('powers') },
    { path: 'templates', name: 'settings-templates', component: () => import('./Templates.vue'), meta: meta('templates') },
    { path: 'templates/:type', name: 'settings-template', component: () => import('./TemplatePage.vue'), meta: meta('templates') },
    { path: 'slots', name: 'settings-slots', component: () => import('./Slots.vue'), meta: meta('slots') },
    { path: 'organs', name: 'settings-organs', component: () => import('./Organs.vue'), meta: meta('organs') },
    { path: 'channels', name: 'settings-channels', component: () => import('./Channels.vue'), meta: meta('channels') },
  ],
}
