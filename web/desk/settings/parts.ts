// The parts of the settings: which there are, in which order, and who sees each in the side list; the server decides who may act.
import { session } from '@shared/session'

export interface Part {
  name: string
  roles?: string[]
}

const OFFICE = ['clerk', 'leader', 'principal', 'head', 'secretary', 'inspector']

export const GROUPS: { title: string; parts: Part[] }[] = [
  { title: 'mine', parts: [{ name: 'me' }, { name: 'substitutions' }] },
  {
    title: 'registers',
    parts: [
      { name: 'units', roles: [] },
      { name: 'people', roles: [] },
      { name: 'places', roles: [...OFFICE, 'officer'] },
      { name: 'gaps', roles: OFFICE },
      { name: 'imports', roles: ['clerk', 'secretary'] },
    ],
  },
  {
    title: 'rules',
    parts: [
      { name: 'codes', roles: [] },
      { name: 'checklists', roles: ['clerk', 'leader', 'principal', 'head'] },
      { name: 'calendars', roles: [] },
      { name: 'powers', roles: [] },
    ],
  },
  {
    title: 'papers',
    parts: [
      { name: 'templates', roles: ['leader', 'principal', 'head', 'clerk'] },
      { name: 'slots', roles: ['leader', 'principal', 'head'] },
      { name: 'organs', roles: ['leader', 'principal', 'head'] },
      { name: 'channels', roles: [] },
    ],
  },
]

export const sees = (part: Part): boolean => !part.roles || !!session.me?.admin || part.roles.some((role) => session.me?.roles.includes(role))

export const isAdmin = (): boolean => !!session.me?.admin

export const hasRole = (...roles: string[]): boolean => isAdmin() || roles.some((role) => session.me?.roles.includes(role))

/** Whether this person may head a unit; the server asks which. */
export const heads = (): boolean => ['head', 'leader', 'principal'].some((role) => session.me?.roles.includes(role))
