// Who may do what on a visit as the page offers it; the server decides and says why not.
import { session } from '@shared/session'
import type { Visit } from '@shared/types'
import { stepsOf } from './steps'

export const wasThere = (visit: Visit): boolean =>
  Boolean(session.me?.admin) || [...visit.people, visit.leader, visit.created_by].includes(session.me?.name ?? '')

/** Whether this person may write on the sheets now: was there, checked in, the record is not filed. */
export const mayWrite = (visit: Visit): boolean => wasThere(visit) && (visit.track === 'A' || visit.stage === '待记录' || Boolean(stepsOf(visit.id).checkIn))

/** Whether the next step of an inspection is this person's: one of its officers. */
export const isOfficer = (visit: Visit): boolean => Boolean(session.me?.admin) || visit.people.includes(session.me?.name ?? '')
