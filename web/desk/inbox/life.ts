// The life of a document: its states in order, and who may take which step.
import type { Answer, Me } from '@shared/types'

export type Document = Answer<'Document'>
export type DocumentType = Answer<'DocumentType'>
export type Act = 'submit' | 'approve' | 'reject' | 'sign' | 'issue' | 'serve' | 'archive' | 'void' | 'confirm_void'

export const STATES = ['起草', '待审批', '已批准', '已签名', '已签发', '公告中', '已送达', '已归档', '已作废'] as const

const STAFF = ['inspector', 'clerk', 'leader', 'principal', 'secretary', 'officer', 'head']
const ROLES: Record<Act, string[]> = {
  submit: STAFF,
  approve: ['leader', 'principal', 'head'],
  reject: ['leader', 'principal', 'head'],
  sign: STAFF,
  issue: ['leader', 'principal', 'head', 'clerk'],
  serve: STAFF,
  archive: ['clerk', 'head'],
  void: STAFF,
  confirm_void: ['leader', 'principal', 'head', 'clerk'],
}
const WHEN: Record<Act, string[]> = {
  submit: ['起草'],
  approve: ['待审批'],
  reject: ['待审批'],
  sign: ['已批准', '已签名'],
  issue: ['已批准', '已签名'],
  serve: ['已签发', '公告中', '已送达'],
  archive: ['已送达'],
  void: ['起草', '待审批', '已批准', '已签名', '已签发', '公告中', '已送达'],
  confirm_void: ['起草', '待审批', '已批准', '已签名', '已签发', '公告中', '已送达'],
}

/** The acts that this person is offered; the server asks again. */
export function actsFor(document: Document, me: Me | null): Act[] {
  if (!me) return []
  const belongs = me.admin || document.drafted_by === me.name || [document.unit, document.organ].includes(me.unit ?? '')
  return (Object.keys(ROLES) as Act[]).filter((act) => {
    if (!WHEN[act].includes(document.state) || document.about) return false
    if (act === 'sign' && document.officers.includes(me.name)) return true
    const deputy = ['approve', 'reject'].includes(act) && Boolean(me.mandates?.length)
    if (!belongs || !(me.admin || deputy || me.roles.some((role) => ROLES[act].includes(role)))) return false
    if (act === 'void') return !document.void_asked_by
    if (act === 'confirm_void') return Boolean(document.void_asked_by) && document.void_asked_by !== me.name
    return !['approve', 'reject'].includes(act) || ![document.drafted_by, document.submitted_by].includes(me.name)
  })
}
