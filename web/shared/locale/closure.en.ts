// The same in English.
import type zh from './closure.zh-CN'
import type { Words } from './words'

const en: Words<typeof zh> = {
  closure: {
    title: 'Closure gate',
    open: 'Nothing is missing; it can be closed.',
    passed: 'passed',
    review: 'sample rule, needs legal review',
    five: 'Five blocks',
    five_hint: 'All five are proven before a serious or major hazard is closed.',
    text: 'Text',
    proof: 'How it was done (proof, number of the paper)',
    save: 'Save',
    prove: 'Done',
  },
}

export default en
