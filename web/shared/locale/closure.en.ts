// The same in English.
import type zh from './closure.zh-CN'
import type { Words } from './words'

const en: Words<typeof zh> = {
  closure: {
    closed_at: 'Closed',
    kept_until: 'File kept until',
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
  photo: {
    title: 'Photos',
    angle: 'Angle {angle}',
    before: 'Before',
    after: 'After',
    none_before: 'No photo from before.',
    none_after: 'No photo from after yet.',
    alt: '{kind}: photo {n}',
    take: 'Take a photo',
    taken: 'taken {at}',
    choose: 'Gallery',
    sending: 'Sending',
    failed: 'Not sent, tap to retry',
    remove: 'Remove this photo',
    too_many: 'At most {n}',
    unsent: '{n} photos were not sent and stay on this phone: they are sent when the network is back, or tap them; remove those you do not want.',
  },
}

export default en
