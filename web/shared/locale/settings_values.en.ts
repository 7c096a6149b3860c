// The English words for the values of fields in the edits of the registers.
import type zh from './settings_values.zh-CN'
import type { Words } from './words'

const en: Words<typeof zh> = {
  shows: { right: 'Right', wrong: 'Wrong' },
  answer: { yes: 'Yes', no: 'No', na: 'Does not apply', left: 'Not checked' },
  default_unit: { wd: 'working days', d: 'days', h: 'hours' },
  default_roll: { F: 'moves past days off', N: 'does not move' },
  fire_key_level: { 0: 'no fire key unit', 1: 'level 1', 2: 'level 2', 3: 'level 3' },
  password: { 本人已修改: 'changed by the person', 已修改: 'changed', 一次性密码: 'good for one login' },
  template: { 出厂模板: 'as shipped' },
  version: { 出厂模板: 'as shipped' },
  province: { henan: 'Henan', shandong: 'Shandong', zhejiang: 'Zhejiang', beijing: 'Beijing' },
  body: {
    grid: 'community or grid', coordination: 'coordinating body (safety committee office)', street: 'subdistrict office', street_team: 'enforcement team of the subdistrict',
    discipline: 'discipline body', department: 'department', justice: 'police, procuratorate', cooperation: 'cooperating body', expert: 'experts', enterprise: 'enterprise', other: 'other',
  },
  act: {
    patrol: 'Patrol and service visits', advice: 'Risk notice', report: 'Report a hazard', inspect: 'Inspection', order_remove: 'Order to remove or rectify', order_stop: 'Order to stop work or use',
    seal: 'Seal or seize', cut_power: 'Cut the power', cut_utility: 'Cut water, heat or gas', execute: 'Enforcement, substitute performance', court_application: 'Application to the court',
    penalty: 'Penalty', crime_clue: 'Gather clues of a crime', crime_transfer: 'Refer a suspected crime', judge_major: 'Judge a hazard major', defer: 'Approve a deferral', assign: 'Assign and remind',
    listing: 'Listed supervision', supervise: 'Supervise', transfer: 'Transfer a hazard', bulletin: 'Bulletin', interview: 'Interview an enterprise', talk: 'Talk with a cadre',
    close: 'Close a general hazard', close_fixed: 'Close what was fixed on the spot', close_major_opinion: 'First opinion on closing a major hazard', close_major: 'Close a major hazard',
  },
}

export default en
