// The English words of what a new installation begins with.
import type zh from './settings_standard.zh-CN'
import type { Words } from './words'

const en: Words<typeof zh> = {
  title: 'Begin with the standard units',
  lead: 'The processes and tables that come with this program find units by their codes (the street, its committee and safety offices, the departments of the district …). Give the full name of the street: these units, the hazard codes, the checklists and a sample of the three-year plan are written at once (sample rules, to be reviewed by lawyers). Units can be renamed; codes, lists and plan replaced by your own. Communities, grids and people come next.',
  street: 'Full name of the street',
  example: 'For example 青云街道',
  done: '{units} units, {codes} hazard codes, {checklists} checklists and {tasks} tasks of the plan were written.',
}

export default en
